// Merging: the toolchain's modules become one, and what none of it ever calls is left out.
//
// The toolchain links a memory, the engine and bindings when an instance is made, as libraries that could lie anywhere: a
// host resolves two hundred functions between them for every decision. Where everything lies is known here.

import { renumbered } from "../wasm/code.js";
import { shared } from "../wasm/constants.js";
import {
  KIND,
  elementsOf,
  exported,
  exportsOf,
  functionsOf,
  globalsOf,
  importsOf,
  sized,
  tableType,
  typesOf,
  withParts,
} from "../wasm/core-module.js";
import { expected } from "../wasm/form.js";
import { CORE, Reader, i32Const, leb128, listed } from "../wasm/bytes.js";

/** @typedef {import("../wasm/core-module.js").Import} Import */

/**
 * What a function's code names by number.
 *
 * @typedef {object} Scope
 * @property {Uint8Array[]} types
 * @property {Func[]} functions
 * @property {Global[]} globals
 *
 * @typedef {{ type: Uint8Array, body: Uint8Array, scope: Scope }} Func
 * @typedef {{ type: Uint8Array, value: number }} Global
 */

/**
 * What a library gives to others.
 *
 * @typedef {object} Library
 * @property {Map<string, Func>} exports Its functions by their names.
 * @property {{ offset: number, functions: Func[] }[]} elements
 */

/**
 * @param {Uint8Array} module
 * @param {(item: Import, type: Uint8Array) => Func} functionOf What it imports.
 * @param {(item: Import) => Global} globalOf
 * @returns {Library}
 */
export function library(module, functionOf, globalOf) {
  const imports = importsOf(module);
  const types = typesOf(module);
  const numbered = (/** @type {Uint8Array} */ bytes) => expected(types[new Reader(bytes).unsigned()], "a type");
  const globals = imports.filter(({ kind }) => kind === KIND.global).map(globalOf);
  const values = globals.map(({ value }) => value);
  const functions = imports
    .filter(({ kind }) => kind === KIND.func)
    .map((item) => functionOf(item, numbered(item.type)));
  const scope = { types, functions, globals: [...globals, ...globalsOf(module, values)] };
  const own = functionsOf(module);
  for (const [index, body] of own.bodies.entries())
    functions.push({ type: numbered(expected(own.types[index], "the type of a function")), body, scope });
  const at = (/** @type {number} */ index) => expected(functions[index], "a function");
  const exports = exportsOf(module).filter(({ kind }) => kind === KIND.func);
  const elements = elementsOf(module, values);
  return {
    exports: new Map(exports.map(({ name, index }) => [name, at(index)])),
    elements: elements.map(({ offset, functions }) => ({ offset, functions: functions.map(at) })),
  };
}

/**
 * One module of all that can be called.
 *
 * @param {Uint8Array} main With the memory and its data.
 * @param {Library["elements"]} elements
 * @param {Record<string, Func>} exports
 * @param {{ name: string, length: number }} table
 * @returns {Uint8Array}
 */
export function merged(main, elements, exports, table) {
  const functions = new Numbers();
  const types = new Numbers((/** @type {Uint8Array} */ type) => Buffer.from(type).toString("hex"));
  const globals = new Numbers();
  for (const func of [...Object.values(exports), ...elements.flatMap(({ functions }) => functions)]) functions.of(func);
  const bodies = [];
  // Whoever is called is numbered then, and comes in its turn.
  for (const { body, scope } of functions.items) {
    bodies.push(
      renumbered(body, {
        func: (index) => functions.of(expected(scope.functions[index], "a function")),
        type: (index) => types.of(expected(scope.types[index], "a type")),
        global: (index) => globals.of(expected(scope.globals[index], "a global")),
        constant: (index) => constantOf(expected(scope.globals[index], "a global")),
      }),
    );
  }
  const constants = shared(bodies, globals.items.length);
  const numberOf = (/** @type {Func} */ func) => functions.of(func);
  const functionTypes = functions.items.map(({ type }) => leb128(types.of(type)));
  const given = Object.entries(exports).map(([name, func]) => ({ name, kind: KIND.func, index: numberOf(func) }));
  const places = exportsOf(main).filter(({ kind }) => kind === KIND.memory);
  return withParts(
    main,
    new Map([
      [CORE.type, types.items],
      [CORE.import, []],
      [CORE.function, functionTypes],
      [CORE.table, [tableType(table.length)]],
      [
        CORE.global,
        [...globals.items.map(({ type, value }) => Buffer.concat([type, i32Const(value)])), ...constants.globals],
      ],
      [CORE.export, [...places, { name: table.name, kind: KIND.table, index: 0 }, ...given].map(exported)],
      [CORE.element, elements.map(({ offset, functions: called }) => element(offset, called.map(numberOf)))],
      [CORE.dataCount, []],
      [CORE.code, constants.bodies.map(sized)],
    ]),
  );
}

/**
 * What a global always is.
 *
 * @param {Global} global
 */
const constantOf = ({ type: [, isMutable], value }) => (isMutable === 0 ? value : undefined);

/**
 * Elements from a place of the table on.
 *
 * @param {number} offset
 * @param {number[]} functions
 */
export const element = (offset, functions) =>
  Buffer.concat([Uint8Array.of(0), i32Const(offset), listed(functions.map(leb128))]);

/**
 * Numbers things in the order in which they are first asked for.
 *
 * @template T
 */
class Numbers {
  /** @type {T[]} */
  items = [];
  /** @type {Map<unknown, number>} */
  #numbers = new Map();
  #key;

  /** @param {(item: T) => unknown} [key] What tells one from another. */
  constructor(key = (item) => item) {
    this.#key = key;
  }

  /** @param {T} item */
  of(item) {
    const key = this.#key(item);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}
