// Keeping a workflow's answer, in a function that is written instruction by instruction.
//
// The engine hands its answer over while it runs, and then frees the memory that it is in. The host reads it when the
// engine is done. So it is copied to where nothing else is.

import {
  ADD,
  BLOCK,
  COPY,
  ELSE,
  END,
  GROW,
  I32,
  IF,
  IS_MORE,
  IS_ZERO,
  LOOP,
  MUL,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  SUB,
  again,
  constant,
  get,
  leaveIf,
  load,
  set,
  store,
} from "../wasm/instructions.js";

/** `result<list<string>, string>`: which of both, where it is, how long it is. */
const ANSWER_BYTES = 12;
/** What is taken from the stack's end, which begins at a multiple of 16. */
const RESERVED_BYTES = 1024;
/** The second of both. */
const ERROR = 1;
/** Where a text is, and how long it is. */
const TEXT_BYTES = 8;
const PAGE_BITS = 16;

/** What a decision whose promise never settles says. */
const NEVER = "what it awaits can never be there";

/** The parameters, as the engine hands an answer over, and what else the function counts with. */
const [FROM, LENGTH, WHICH, NEEDED, LEFT, TO, TABLE] = [0, 1, 2, 3, 4, 5, 6];

/** @param {number[][]} body Goes on as long as there are texts left, with `FROM` at each. */
const forEachText = (...body) => [
  ...[get(LENGTH), set(LEFT), BLOCK, LOOP, get(LEFT), IS_ZERO, leaveIf(1)],
  ...body,
  ...[get(FROM), constant(TEXT_BYTES), ADD, set(FROM), get(LEFT), constant(1), SUB, set(LEFT), again(0), END, END],
];

/**
 * Where texts go, and where the answer goes. What does not fit between both gets memory of its own.
 *
 * @typedef {{ start: number, answer: number }} Room
 */

/**
 * The room at the end of a stack. It is less than a page, so that no more pages are written.
 *
 * @param {number} end
 * @returns {Room}
 */
export const roomBelow = (end) => ({ start: end - RESERVED_BYTES, answer: end - ANSWER_BYTES - 4 });

/**
 * The code of the function that copies an answer, with its locals and without its end.
 *
 * @param {Room} room
 * @param {number} isRefusal Where it says whether the answer is the one text of a refusal.
 */
export const keeping = ({ start, answer }, isRefusal) =>
  [
    [1, 5, I32],
    ...[constant(isRefusal), load(0), set(WHICH), get(WHICH), IF],
    ...[get(FROM), load(4), set(LENGTH), get(FROM), load(0), set(FROM), END],
    ...[get(LENGTH), set(NEEDED), get(WHICH), IS_ZERO, IF],
    ...[get(LENGTH), constant(TEXT_BYTES), MUL, set(NEEDED)],
    ...forEachText(get(NEEDED), get(FROM), load(4), ADD, set(NEEDED)),
    ...[get(FROM), get(LENGTH), constant(TEXT_BYTES), MUL, SUB, set(FROM), END],
    ...[constant(start), set(TO), get(NEEDED), constant(answer - start), IS_MORE, IF],
    ...[get(NEEDED), constant(PAGE_BITS), SHIFT_RIGHT, constant(1), ADD, GROW],
    ...[constant(PAGE_BITS), SHIFT_LEFT, set(TO), END],
    ...[WHICH, TO, LENGTH].flatMap((value, index) => [constant(answer), get(value), store(4 * index)]),
    ...[get(WHICH), IF, get(TO), get(FROM), get(LENGTH), COPY, ELSE],
    ...[get(TO), set(TABLE), get(TO), get(LENGTH), constant(TEXT_BYTES), MUL, ADD, set(TO)],
    ...forEachText(
      ...[get(TABLE), get(TO), store(0), get(TABLE), get(FROM), load(4), store(4)],
      ...[get(TO), get(FROM), load(0), get(FROM), load(4), COPY],
      ...[get(TO), get(FROM), load(4), ADD, set(TO), get(TABLE), constant(TEXT_BYTES), ADD, set(TABLE)],
    ),
    END,
  ].flat();

/**
 * What is there before there is an answer: that of a decision which never has one.
 *
 * @param {Room} room
 */
export function unanswered({ start, answer }) {
  const bytes = Buffer.alloc(answer - start + ANSWER_BYTES);
  const length = bytes.write(NEVER);
  [ERROR, start, length].forEach((value, index) => bytes.writeUInt32LE(value, answer - start + 4 * index));
  return bytes;
}
