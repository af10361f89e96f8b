// A workflow that waits for nothing, called like any other function.
//
// `async` has the engine make promises, and come back to them: 16 000 units of fuel, and ten pages of memory. Who calls a
// workflow here does not need a promise, so where the author's function waits for nothing, `async` goes. Spaces are in its
// place, so everything else stays where it was.

import { base, full, simple } from "acorn-walk";

import { isFunction, parsed } from "./syntax.js";

const ASYNC = "async";

/** @typedef {import("./syntax.js").Node} Node */
/** @typedef {import("./syntax.js").Func} Func */

/**
 * @param {string} code A bundle whose last statement hands the author's function on.
 * @returns {string} The bundle, with a function there that is not `async` if it need not be.
 */
export function withoutPromise(code) {
  const program = parsed(code);
  const workflow = program && handedOn(program);
  if (!workflow?.async || workflow.generator || waits(workflow)) return code;
  return code.slice(0, workflow.start) + " ".repeat(ASYNC.length) + code.slice(workflow.start + ASYNC.length);
}

/**
 * The function that the last statement hands on, if nobody else has it.
 *
 * @param {import("acorn").Program} program
 * @returns {Func | undefined}
 */
function handedOn(program) {
  const named = new Map();
  full(program, (node) => {
    if (node.type === "Identifier") named.set(node.name, (named.get(node.name) ?? 0) + 1);
  });
  const last = program.body.at(-1);
  const call = last?.type === "ExpressionStatement" ? last.expression : undefined;
  /** @type {Node | null | undefined} */
  let found = call?.type === "CallExpression" ? call.arguments[0] : undefined;
  while (found?.type === "Identifier") {
    // It is named where it is made, and here.
    if (named.get(found.name) !== 2) return undefined;
    found = madeAs(program, found.name);
  }
  if (!isFunction(found)) return undefined;
  // One that calls itself would have to wait.
  const callsItself = found.type === "FunctionExpression" && found.id && named.get(found.id.name) > 1;
  return callsItself ? undefined : found;
}

/**
 * What a name of the module is made as.
 *
 * @param {import("acorn").Program} program
 * @param {string} name
 * @returns {Node | null | undefined}
 */
function madeAs(program, name) {
  for (const statement of program.body) {
    if (statement.type === "FunctionDeclaration" && statement.id.name === name) return statement;
    if (statement.type !== "VariableDeclaration") continue;
    const made = statement.declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
    if (made) return made.init;
  }
  return undefined;
}

/** @param {Func} workflow */
function waits({ params, body }) {
  let found = false;
  const wait = () => {
    found = true;
  };
  const visitors = {
    AwaitExpression: wait,
    ForOfStatement: (/** @type {import("acorn").ForOfStatement} */ node) => node.await && wait(),
    VariableDeclaration: (/** @type {import("acorn").VariableDeclaration} */ node) =>
      node.kind === "await using" && wait(),
  };
  // Functions within it wait by themselves.
  for (const part of [...params, body]) simple(part, visitors, { ...base, Function() {} });
  return found;
}
