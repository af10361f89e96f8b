// `console`, which writes to the decision's log.

import { notYet } from "./not-yet.js";
import { shown } from "./shown.js";

/**
 * @typedef {"debug" | "info" | "warn" | "error"} Level
 * @typedef {(level: Level, message: string) => void} Write
 */

/** @type {Write} */
let write = notYet("log");

/** @param {Level} level */
const writer =
  (level) =>
  (/** @type {unknown[]} */ ...values) =>
    write(level, values.map(shown).join(" "));
const [debug, info, warn, error] = /** @type {const} */ (["debug", "info", "warn", "error"]).map(writer);
Object.assign(globalThis, { console: { debug, log: info, info, warn, error } });

/**
 * Lets lines go to the log of the decision that begins.
 *
 * @param {Write} log
 */
export const startLog = (log) => {
  write = log;
};
