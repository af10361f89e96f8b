// What is not there, and why. Comes before the author's module, whose first lines may already look for it.

const NO_NETWORK = "a workflow has no network";
const NO_TIMERS = "a workflow does not wait";
const NO_CODE = "a workflow makes no code at run time";
const NO_NODE = "a workflow does not run on Node";

/** Functions that say why they are absent when they are called. */
const FUNCTIONS = {
  eval: NO_CODE,
  Function: NO_CODE,
  fetch: NO_NETWORK,
  setInterval: NO_TIMERS,
  setTimeout: NO_TIMERS,
};

/** What libraries look for with `typeof`, and go without. Using one is a `ReferenceError`, which gets these words. */
const NAMES = {
  Buffer: NO_NODE,
  Intl: "it would be larger than everything else; `localTime` of `usher-workflow` shows the visitor's clock",
  crypto: "a workflow has no secrets; `Math.random` draws from the decision",
  process: `${NO_NODE}: variables are in \`env\``,
  require: NO_NODE,
};

/**
 * Says why something that was not defined is not there; nothing for other names.
 *
 * @type {Map<string, string>}
 */
export const whyAbsent = new Map(Object.entries(NAMES));

for (const [name, why] of Object.entries(FUNCTIONS)) {
  const absent = function () {
    throw new TypeError(`\`${name}\` is not there: ${why}`);
  };
  Object.assign(globalThis, { [name]: absent });
  if (name !== "Function") continue;
  // Each kind of function leads to a constructor of its kind.
  for (const kind of [() => {}, async () => {}, function* () {}, async function* () {}]) {
    Object.defineProperty(Object.getPrototypeOf(kind), "constructor", { value: absent });
  }
  absent.prototype = Object.getPrototypeOf(absent);
}
