// From a source map to the few positions that a workflow takes along for its stacks.

import path from "node:path";

import { shownPath } from "./error.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Keeps of a source map what speaks of the author's files: for each line of the bundle, where a new line of theirs
 * begins, and where something else does.
 *
 * @param {{ mappings: string, sources: string[] }} map
 * @param {(source: string) => boolean} isAuthors
 * @returns {import("../runtime/positions.js").Positions}
 */
export function positionsOf(map, isAuthors) {
  /** @type {string[]} */
  const files = [];
  const fileOf = map.sources.map((source) =>
    isAuthors(source) ? files.push(shownPath(path.resolve("/", source))) - 1 : -1,
  );
  /** @type {Record<string, [number, number, number][]>} */
  const lines = {};
  let [source, line] = [0, 0];
  for (const [row, segments] of map.mappings.split(";").entries()) {
    let column = 0;
    /** @type {[number, number, number][]} */
    const parts = [];
    for (const segment of segments.split(",").filter(Boolean)) {
      const [columns = 0, sources, down] = numbersOf(segment);
      column += columns;
      if (sources === undefined || down === undefined) continue;
      source += sources;
      line += down;
      const file = fileOf[source] ?? -1;
      const at = file < 0 ? 0 : line + 1;
      const last = parts.at(-1);
      if (last?.[1] !== file || last[2] !== at) parts.push([column + 1, file, at]);
    }
    if (parts.some(([, file]) => file >= 0)) lines[row + 1] = parts;
  }
  return { files, lines };
}

/**
 * The numbers of one segment: base 64 digits, five bits each, the sixth saying that more follow, the first bit of a
 * number being its sign (the format of source maps, ECMA-426).
 *
 * @param {string} segment
 * @returns {number[]}
 */
function numbersOf(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const char of segment) {
    const digit = DIGITS.indexOf(char);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) === 0) {
      numbers.push(value & 1 ? -(value >> 1) : value >> 1);
      [value, shift] = [0, 0];
    }
  }
  return numbers;
}
