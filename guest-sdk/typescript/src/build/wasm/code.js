// The code of functions, as far as it names other things by number: functions, types and globals, which get other numbers
// when modules become one. https://webassembly.github.io/spec/core/binary/instructions.html

import { skip } from "./body.js";
import { GLOBAL_GET, I32_CONST, Reader, leb128, signedLeb128 } from "./bytes.js";

/** Instructions that name something. */
const [BLOCK, IF, CALL, CALL_INDIRECT, GLOBAL_SET, REF_FUNC, ADD] = [0x02, 0x04, 0x10, 0x11, 0x24, 0xd2, 0x6a];
/** A block's type is a number where it is not one byte with this bit. */
const NO_TYPE = 0x40;

/**
 * What things are called elsewhere.
 *
 * @typedef {object} Names
 * @property {(index: number) => number} func
 * @property {(index: number) => number} type
 * @property {(index: number) => number} global
 * @property {(index: number) => number | undefined} constant What a global always is, where that is known.
 */

/**
 * The body of a function with other numbers in it.
 *
 * @param {Uint8Array} body Its locals and its code.
 * @param {Names} names
 * @returns {Uint8Array}
 */
export function renumbered(body, names) {
  const reader = new Reader(body);
  /** @type {Uint8Array[]} */
  const parts = [];
  let kept = 0;
  const put = (/** @type {number} */ from, /** @type {Uint8Array[]} */ ...bytes) => {
    parts.push(body.subarray(kept, from), ...bytes);
    kept = reader.at;
  };
  const rename = (/** @type {(index: number) => number} */ name) => {
    const from = reader.at;
    const now = name(reader.unsigned());
    put(from, leb128(now));
  };
  for (let count = reader.unsigned(); count > 0; count -= 1) {
    reader.unsigned();
    reader.byte();
  }
  while (!reader.isDone()) {
    const at = reader.at;
    const code = reader.byte();
    if (code === GLOBAL_GET) {
      const index = reader.unsigned();
      const sum = added(reader, names.constant(index));
      if (sum === undefined) put(at, Uint8Array.of(GLOBAL_GET), leb128(names.global(index)));
      else put(at, Uint8Array.of(I32_CONST), signedLeb128(sum));
    } else if (code === GLOBAL_SET) rename(names.global);
    else if (code === CALL || code === REF_FUNC) rename(names.func);
    else if (code === CALL_INDIRECT) {
      rename(names.type);
      reader.unsigned();
    } else if (code >= BLOCK && code <= IF) {
      if (((body[reader.at] ?? 0) & (NO_TYPE | 0x80)) === NO_TYPE) reader.byte();
      else rename(names.type);
    } else skip(reader, code);
  }
  put(reader.at);
  return Buffer.concat(parts);
}

/**
 * The sum where a constant is added to one that is known: what code that could lie anywhere does to find its data.
 *
 * @param {Reader} reader
 * @param {number | undefined} constant
 */
function added(reader, constant) {
  const after = reader.at;
  if (constant !== undefined && reader.byte() === I32_CONST) {
    const value = reader.signed();
    if (value >= 0 && reader.byte() === ADD) return constant + value;
  }
  reader.at = after;
  return undefined;
}
