// The clock, which stands still at the decision's instant: that is what the engine is told when it asks the operating
// system, which is not there. While the module loads it is told the builder's time, which nobody may see.

import { expectDecision } from "./not-yet.js";

const RealDate = Date;
const { now } = RealDate;

/** What `Date` is. Both are kept: to free the first would take a decision longer than to keep it. */
const dates = {
  /** A proxy, and no class: `Date` has two faces, one with `new` and one without. */
  beforeDecision: new Proxy(RealDate, {
    apply() {
      expectDecision("time");
      return RealDate();
    },
    construct(_, parts, target) {
      if (parts.length === 0) expectDecision("time");
      return Reflect.construct(RealDate, parts, target);
    },
  }),
  inDecision: RealDate,
};

globalThis.Date = dates.beforeDecision;
RealDate.prototype.constructor = Date;
RealDate.now = () => {
  expectDecision("time");
  return now();
};
Object.assign(globalThis, { performance: { now: () => 0 } });

/** When the author's module has loaded: what it has kept of `Date` shows the same time as what it finds from now on. */
export const prepareClock = () => {
  RealDate.prototype.constructor = RealDate;
};

/** When a decision begins. */
export const startClock = () => {
  globalThis.Date = dates.inDecision;
};

const { toLocaleString } = RealDate.prototype;

/** @this {Date} @param {any} [locales] @param {Intl.DateTimeFormatOptions} [options] */
RealDate.prototype.toLocaleString = function (locales, options) {
  // One that is silently left out of account would be a wrong answer.
  if (options?.timeZone) throw new RangeError("there are no time zones here: see `localTime` of `usher-workflow`");
  return toLocaleString.call(this, locales);
};
