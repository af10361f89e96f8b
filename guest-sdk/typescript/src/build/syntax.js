// What a bundle is made of, as a tree.

import { parse } from "acorn";

/**
 * @typedef {import("acorn").AnyNode} Node
 * @typedef {import("acorn").FunctionDeclaration | import("acorn").FunctionExpression
 *   | import("acorn").ArrowFunctionExpression} Func
 */

/**
 * @param {string} code
 * @returns {import("acorn").Program | undefined} Nothing if it is none: what is wrong with it, the engine says when it loads it.
 */
export function parsed(code) {
  try {
    return parse(code, { ecmaVersion: "latest", sourceType: "module" });
  } catch {
    return undefined;
  }
}

/**
 * @param {Node | null | undefined} node
 * @returns {node is Func}
 */
export const isFunction = (node) =>
  node?.type === "ArrowFunctionExpression" ||
  node?.type === "FunctionExpression" ||
  node?.type === "FunctionDeclaration";
