// Instructions, for functions that are written one by one. Blocks have no result.
// https://webassembly.github.io/spec/core/binary/instructions.html

import { i32Const } from "./bytes.js";

export const I32 = 0x7f;

export const [BLOCK, LOOP, IF, ELSE, END, CALL, DROP] = [
  [0x02, 0x40],
  [0x03, 0x40],
  [0x04, 0x40],
  [0x05],
  [0x0b],
  [0x10],
  [0x1a],
];
export const [RETURN, UNREACHABLE] = [[0x0f], [0x00]];
/** Numbers of 32 bits; comparisons take them as not negative. */
export const [ADD, SUB, MUL, AND, SHIFT_LEFT, SHIFT_RIGHT] = [[0x6a], [0x6b], [0x6c], [0x71], [0x74], [0x76]];
export const [IS_ZERO, IS_EQUAL, IS_MORE, IS_NOT_LESS] = [[0x45], [0x46], [0x4b], [0x4f]];
export const [COPY, GROW] = [
  [0xfc, 0x0a, 0, 0],
  [0x40, 0],
];

/** @param {number} index */
export const get = (index) => [0x20, index];
/** @param {number} index */
export const set = (index) => [0x21, index];
/** @param {number} index */
export const getGlobal = (index) => [0x23, index];
/** @param {number} index */
export const setGlobal = (index) => [0x24, index];
/** @param {number} offset */
export const load = (offset) => [0x28, 2, offset];
/** @param {number} offset */
export const store = (offset) => [0x36, 2, offset];
/** @param {number} depth */
export const leaveIf = (depth) => [0x0d, depth];
/** @param {number} depth */
export const again = (depth) => [0x0c, depth];
/** @param {number} value Not negative. */
export const constant = (value) => [...i32Const(value).subarray(0, -1)];
