// The code of functions, as far as it names other things by number: functions, types and globals, which get other numbers
// when modules become one. https://webassembly.github.io/spec/core/binary/instructions.html

import { unexpected } from "./form.js";
import { GLOBAL_GET, I32_CONST, Reader, leb128, signedLeb128 } from "./bytes.js";

/** Instructions that name something, or have something after them. */
const [BLOCK, IF, BRANCH, BRANCH_IF, BRANCH_TABLE] = [0x02, 0x04, 0x0c, 0x0d, 0x0e];
const [CALL, CALL_INDIRECT, LOCAL_GET, LOCAL_TEE, GLOBAL_SET] = [0x10, 0x11, 0x20, 0x22, 0x24];
const [LOAD, STORE, MEMORY_SIZE, MEMORY_GROW] = [0x28, 0x3e, 0x3f, 0x40];
const [I64_CONST, F32_CONST, F64_CONST, ADD, REF_FUNC, MORE] = [0x42, 0x43, 0x44, 0x6a, 0xd2, 0xfc];
/** Instructions that stand by themselves: the first and the last of each row. */
const PLAIN = [
  [0x00, 0x01],
  [0x05, 0x05],
  [0x0b, 0x0b],
  [0x0f, 0x0f],
  [0x1a, 0x1b],
  [0x45, 0xc4],
];
/** Those that begin with `MORE`: how many numbers follow. They are for conversions, for memory, and for filling it. */
const FOLLOWING = new Map([
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((code) => /** @type {const} */ ([code, 0])),
  [10, 2],
  [11, 1],
]);
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

/**
 * Goes on behind an instruction that names nothing.
 *
 * @param {Reader} reader
 * @param {number} code
 */
function skip(reader, code) {
  if (code >= LOAD && code <= STORE) {
    reader.unsigned();
    reader.unsigned();
  } else if ((code >= LOCAL_GET && code <= LOCAL_TEE) || code === BRANCH || code === BRANCH_IF) reader.unsigned();
  else if (code === BRANCH_TABLE) {
    for (let count = reader.unsigned() + 1; count > 0; count -= 1) reader.unsigned();
  } else if (code === I32_CONST || code === I64_CONST) {
    while (reader.byte() >= 0x80);
  } else if (code === F32_CONST) reader.bytes(4);
  else if (code === F64_CONST) reader.bytes(8);
  else if (code === MEMORY_SIZE || code === MEMORY_GROW) reader.byte();
  else if (code === MORE) {
    const following = FOLLOWING.get(reader.unsigned()) ?? unexpected("an instruction for memory");
    reader.bytes(following);
  } else if (!PLAIN.some(([first = 0, last = 0]) => code >= first && code <= last))
    unexpected(`an instruction of another kind than ${code}`);
}
