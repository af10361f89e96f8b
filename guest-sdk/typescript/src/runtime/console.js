// `console`, which writes to the decision's log.

import log from "usher:provisioning/log@0.1.0";
import { expectDecision } from "./not-yet.js";
import { shown } from "./shown.js";

/**
 * @typedef {"debug" | "info" | "warn" | "error"} Level
 * @typedef {(level: Level, message: string) => void} Write
 */

/** @param {Level} level */
const writer =
  (level) =>
  (/** @type {unknown[]} */ ...values) => {
    expectDecision("log");
    log.write(level, values.map(shown).join(" "));
  };
const [debug, info, warn, error] = /** @type {const} */ (["debug", "info", "warn", "error"]).map(writer);
Object.assign(globalThis, { console: { debug, log: info, info, warn, error } });
