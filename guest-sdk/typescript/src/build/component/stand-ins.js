// Functions in the places of those that the engine asks for and nobody has.
//
// The engine is built for an operating system, and asks for some forty functions of it. A component around it would
// have to answer each with a function of its own, which takes longer than to decide; here they are functions of the
// module itself. Calling one that is not there ends the decision.

import { keeping } from "./answer.js";
import { telling } from "./room.js";
import { END, Reader, i32Const } from "../wasm/bytes.js";

/** Instructions. */
const [UNREACHABLE, CALL_INDIRECT, LOCAL_GET] = [0x00, 0x11, 0x20];

/**
 * Where things are that some of them read and write.
 *
 * @typedef {{ answers: import("./answer.js").Room, requests: import("./room.js").Room }} Rooms
 */

/**
 * Those that are more than absent, by name.
 *
 * @type {Record<string, (rooms: Rooms) => number[]>}
 */
const BODIES = {
  /** There is no adapter, and so nothing to reset. */
  "wasi_snapshot_preview1#reset_adapter_state": () => [0, END],
  "wasi:clocks/wall-clock@0.2.0#now": ({ requests }) => [...telling(requests), END],
  "$root#usher-answer": ({ answers, requests }) => [...keeping(answers, requests.isRefusal), END],
};

/**
 * The body of such a function.
 *
 * @param {string} name
 * @param {Rooms} rooms
 */
export const standIn = (name, rooms) => Uint8Array.from(BODIES[name]?.(rooms) ?? [0, UNREACHABLE, END]);

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
