// What is wrong with a workflow.

import path from "node:path";

/**
 * One problem, and where it is. Lines and columns are counted from 1.
 *
 * @typedef {object} Problem
 * @property {string} text
 * @property {string} [file]
 * @property {number} [line]
 * @property {number} [column]
 */

/** Everything that is wrong with a workflow: the author's move. */
export class BuildError extends Error {
  /** @param {Problem[]} problems */
  constructor(problems) {
    super(problems.map(shown).join("\n"));
    this.name = "BuildError";
    this.problems = problems;
  }
}

/** @param {Problem} problem */
function shown({ text, file, line, column }) {
  if (file === undefined) return text;
  const place = [shownPath(file), line, column].filter((part) => part !== undefined).join(":");
  return `${place}: ${text}`;
}

/**
 * A file as its author would name it here.
 *
 * @param {string} file
 */
export function shownPath(file) {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}
