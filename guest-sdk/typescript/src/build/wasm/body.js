// The code of functions: what is in front of it, and instructions one by one.
// https://webassembly.github.io/spec/core/binary/instructions.html

import { unexpected } from "./form.js";
import { GLOBAL_GET, I32_CONST, Reader, listed } from "./bytes.js";

/** Instructions that name something, or have something after them. */
const [BLOCK, IF, BRANCH, BRANCH_IF, BRANCH_TABLE] = [0x02, 0x04, 0x0c, 0x0d, 0x0e];
const [CALL, CALL_INDIRECT, LOCAL_GET, GLOBAL_SET] = [0x10, 0x11, 0x20, 0x24];
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

/**
 * The locals of a function.
 *
 * @param {Uint8Array} body
 * @param {number} parameters How many it has, which are locals, too.
 */
export function localsOf(body, parameters) {
  const reader = new Reader(body);
  const groups = reader.list(() => ({ locals: reader.unsigned(), type: reader.byte() }));
  return {
    count: groups.reduce((sum, { locals }) => sum + locals, parameters),
    /** Where they end, and code begins. */
    end: reader.at,
    /** They and one more. @param {number} type */
    withOne: (type) => listed([...groups.map(({ raw }) => raw), Uint8Array.of(1, type)]),
  };
}

/**
 * Where each instruction of a function begins and ends.
 *
 * @param {Uint8Array} body
 */
export function* instructionsOf(body) {
  const reader = new Reader(body, localsOf(body, 0).end);
  while (!reader.isDone()) {
    const at = reader.at;
    skip(reader, reader.byte());
    yield { at, end: reader.at };
  }
}

/**
 * The body of a function with other instructions in it; itself, if there are none.
 *
 * @param {Uint8Array} body
 * @param {(at: number, end: number) => { bytes: Uint8Array, end: number } | undefined} other What is there in place of an instruction,
 *   and of those behind it up to an end.
 */
export function replaced(body, other) {
  const parts = [];
  let kept = 0;
  for (const { at, end } of instructionsOf(body)) {
    const found = at < kept ? undefined : other(at, end);
    if (found === undefined) continue;
    parts.push(body.subarray(kept, at), found.bytes);
    kept = found.end;
  }
  return kept === 0 ? body : Buffer.concat([...parts, body.subarray(kept)]);
}

/**
 * Goes on behind an instruction.
 *
 * @param {Reader} reader
 * @param {number} code
 */
export function skip(reader, code) {
  if (code >= LOAD && code <= STORE) {
    reader.unsigned();
    reader.unsigned();
  } else if ((code >= LOCAL_GET && code <= GLOBAL_SET) || [BRANCH, BRANCH_IF, CALL, REF_FUNC].includes(code))
    reader.unsigned();
  else if (code >= BLOCK && code <= IF) reader.signed();
  else if (code === CALL_INDIRECT) {
    reader.unsigned();
    reader.unsigned();
  } else if (code === BRANCH_TABLE) {
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
