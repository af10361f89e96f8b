// From places in the bundle to places in the author's files.

/**
 * What the build knows: the files, and for each line of the bundle where its parts come from, in the order of their
 * columns, as `[column, file, line]`. Lines and columns are counted from 1; the file -1 is none of theirs.
 *
 * @typedef {{ files: string[], lines: Record<string, [number, number, number][]> }} Positions
 */

/** Where the build leaves what it knows: it can only be known when the bundle is complete. */
export const POSITIONS = "__usher_positions";

/** What the bundle is called. */
export const BUNDLE = "bundle.js";

/** A place in the bundle, as the engine names it. */
const IN_BUNDLE = /\/bundle\.js:(\d+):(\d+)/;

/**
 * A stack with the author's places in it. Lines of it that are none of the author's are left out.
 *
 * @param {string} stack
 * @param {Positions} [positions]
 * @returns {string}
 */
export const positioned = (stack, positions = /** @type {any} */ (globalThis)[POSITIONS]) => {
  /** @param {string} line */
  const shown = (line) => {
    const [found, row, column] = IN_BUNDLE.exec(line) ?? [];
    if (found === undefined) return [line];
    const [, file = -1, at] = positions?.lines[Number(row)]?.findLast(([first]) => first <= Number(column)) ?? [];
    return file < 0 ? [] : [line.replace(found, `${positions?.files[file]}:${at}`)];
  };
  return stack.split("\n").flatMap(shown).join("\n");
};
