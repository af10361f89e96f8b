// The clock, which stands still at the decision's instant. The engine's own would ask the operating system, which is
// not there.

import { notYet } from "./not-yet.js";

/** @type {() => number} */
let now = notYet("time");

const RealDate = Date;

// A proxy, and no class: `Date` has two faces, one with `new` and one without.
globalThis.Date = new Proxy(RealDate, {
  apply: () => `${new RealDate(now())}`,
  construct: (_, parts, target) => Reflect.construct(RealDate, parts.length === 0 ? [now()] : parts, target),
});
RealDate.now = () => now();
RealDate.prototype.constructor = Date;
Object.assign(globalThis, { performance: { now: () => 0 } });

const { toLocaleString } = RealDate.prototype;

/** @this {Date} @param {any} [locales] @param {Intl.DateTimeFormatOptions} [options] */
RealDate.prototype.toLocaleString = function (locales, options) {
  // One that is silently left out of account would be a wrong answer.
  if (options?.timeZone) throw new RangeError("there are no time zones here: see `localTime` of `usher-workflow`");
  return toLocaleString.call(this, locales);
};

/**
 * Lets every clock stand at a decision's instant.
 *
 * @param {{ instant: number }} request In milliseconds.
 */
export const startClock = (request) => {
  now = () => request.instant;
};
