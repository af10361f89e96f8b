// Functions in the places of those that the engine asks for and nobody has.
//
// The engine is built for an operating system, and asks for some forty functions of it. A component around it would
// have to answer each with a function of its own, which takes longer than to decide; here they are functions of the
// module itself. Calling one that is not there ends the decision.

import { keeping } from "./answer.js";
import { END, Reader, i32Const } from "../wasm/bytes.js";

/** Instructions. */
const [UNREACHABLE, CALL_INDIRECT, LOCAL_GET, I32_STORE] = [0x00, 0x11, 0x20, 0x36];
const ALIGN_4 = 2;

/** What is asked for lies where it is asked for: that is written where the third parameter says. */
const WHERE = [0, ...[0, 1].flatMap((index) => [LOCAL_GET, 2, LOCAL_GET, index, I32_STORE, ALIGN_4, 4 * index]), END];

/** Those that are more than absent, by name. */
const BODIES = {
  /** There is no adapter, and so nothing to reset. */
  "wasi_snapshot_preview1#reset_adapter_state": () => [0, END],
  "$root#usher-text": () => WHERE,
  "$root#usher-bytes": () => WHERE,
  "[export]$root#[task-return]provision": (/** @type {import("./answer.js").Room} */ room) => [...keeping(room), END],
};

/**
 * The body of such a function.
 *
 * @param {string} name
 * @param {import("./answer.js").Room} room
 */
export const standIn = (name, room) =>
  Uint8Array.from(BODIES[/** @type {keyof typeof BODIES} */ (name)]?.(room) ?? [0, UNREACHABLE, END]);

/**
 * The body of a function that calls another of the same type, which a table has.
 *
 * @param {Uint8Array} type The only one that there is for it.
 * @param {number} place Where in the table.
 */
export function throughTable(type, place) {
  const reader = new Reader(type, 1);
  const parameters = Array.from({ length: reader.unsigned() }, (_, index) => [LOCAL_GET, index]);
  return Uint8Array.from([0, ...parameters.flat(), ...i32Const(place).subarray(0, -1), CALL_INDIRECT, 0, 0, END]);
}
