// Linking: what the toolchain made as libraries becomes two modules, which a host makes an instance of in no time.
//
// - `workflow` has everything: the memory with the snapshot in it, JavaScript's engine, and the bindings between it and the
//   contract. Its table of functions is its own, so a host fills it lazily, function by function, when they are called.
// - `wiring` puts the host's functions into that table. They need the memory, which is there by then.

import { roomBelow, unanswered } from "./answer.js";
import { makeArenas } from "./arenas.js";
import { keepAll, leavingMany } from "./references.js";
import { allocating, copying, reading, roomIn } from "./room.js";
import {
  KIND,
  exportsOf,
  globalsOf,
  memoryOf,
  segment,
  segmentsIn,
  segmentsOf,
  tableLength,
  tableType,
  withParts,
} from "../wasm/core-module.js";
import { expected } from "../wasm/form.js";
import { element, library, merged } from "./merge.js";
import { standIn, throughTable } from "./stand-ins.js";
import { CORE, HEADER_BYTES, leb128, named } from "../wasm/bytes.js";
import { CALL, DROP, END, constant } from "../wasm/instructions.js";

/** What the linker calls the engine and the bindings, where it says where their parts of memory and table begin. */
const ENGINE = "componentize_qjs_runtime.wasm";
const BINDINGS = "wit-dylib.wasm";
const BASE = /^__(memory|table)_base$/;
const STACK_POINTER = "__stack_pointer";
const REALLOC = "cabi_realloc";
/** The contract's interfaces, which the host has. */
const CONTRACT = "usher:";

/** What bindings export for the engine's world. */
const RUN = "[async-lift]run";
/** The type of `provision`: the address of a request in, that of an answer out. */
const ADDRESS_TO_ADDRESS = Uint8Array.of(0x60, 1, 0x7f, 1, 0x7f);

/** What the engine's world imports to read what the host has written. */
const COPYING = /^usher-(text|bytes)$/;

/** What the two modules have for each other. */
const TABLE = "table";
const WORKFLOW = "workflow";

/** @typedef {import("../wasm/core-module.js").Import} Import */
/** @typedef {import("./merge.js").Func} Func */
/** @typedef {import("./merge.js").Global} Global */
/** @typedef {{ from: string, name: string, type: Uint8Array }} Lowered A function of the host, with its type here. */

/**
 * What a function is called where all come from one.
 *
 * @param {{ from: string, name: string }} item
 */
export const full = ({ from, name }) => `${from}#${name}`;

/**
 * @param {Uint8Array[]} modules Those of a component as the toolchain makes it.
 * @returns {{ workflow: Uint8Array, wiring: Uint8Array, lowered: Lowered[] }} The modules, and what they call of the host.
 * @throws {Error} They are of another form.
 */
export function linked(modules) {
  const having = (/** @type {string} */ name) => {
    const found = modules.find((module) => exportsOf(module).some((item) => item.name === name));
    return expected(found, `a module with \`${name}\``);
  };
  const [main, engine, bindings] = [having("memory"), having("wit_dylib_initialize"), having(RUN)];
  const globals = globalsByName(main);
  const pointer = expected(globals.get(STACK_POINTER), "a stack");
  const stackEnd = pointer.value;
  const answers = roomBelow(stackEnd);
  pointer.value = answers.start;
  const memory = memoryOf(segmentsOf(main));
  // Nobody reads what the toolchain's calls have left of the stack.
  memory.fill(0, 0, stackEnd);
  unanswered(answers).copy(memory, answers.start);
  const requests = roomIn(memory);
  keepAll(memory);
  makeArenas(memory);
  const { absent, lowered } = absentFrom(main, { answers, requests });
  const inner = library(leavingMany(engine), absent, (item) => globalOf(item, ENGINE, globals));
  const realloc = expected(inner.exports.get(REALLOC), `\`${REALLOC}\``);
  const outer = library(
    bindings,
    (item, type) =>
      inner.exports.get(item.name) ?? (COPYING.test(item.name) ? copying(type, realloc) : absent(item, type)),
    (item) => globalOf(item, BINDINGS, globals),
  );
  const engines = expected(outer.exports.get(RUN), `\`${RUN}\``);
  // The engine has it in its table, too.
  const { value: offset } = expected(globals.get(`${ENGINE}:${REALLOC}`), `a place for \`${REALLOC}\``);
  const elements = [...inner.elements, ...outer.elements, { offset, functions: [realloc] }];
  const length = tableLength(main) + lowered.length;
  return {
    workflow: merged(
      withParts(main, new Map([[CORE.data, segmentsIn(memory).map(segment)]])),
      elements,
      { [REALLOC]: allocating(requests, realloc), provision: deciding(engines, requests, answers.answer) },
      { name: TABLE, length },
    ),
    wiring: wiring(main, lowered, length),
    lowered,
  };
}

/**
 * The globals of the module with the memory, by the names that others know them by.
 *
 * @param {Uint8Array} main
 */
function globalsByName(main) {
  const globals = globalsOf(main);
  const named = exportsOf(main).filter(({ kind }) => kind === KIND.global);
  return new Map(named.map(({ name, index }) => [name, expected(globals[index], "a global")]));
}

/**
 * @param {Import} item
 * @param {string} owner The library that imports it.
 * @param {Map<string, Global>} globals
 */
function globalOf({ from, name }, owner, globals) {
  const own = BASE.exec(name)?.[0].slice(2) ?? (from === "GOT.func" ? name : undefined);
  const known = own === undefined ? name : `${owner}:${own}`;
  return expected(globals.get(known), `a global \`${known}\``);
}

/**
 * What there is for functions that no library has: stand-ins, and the host's, which are called through the table.
 *
 * @param {Uint8Array} main
 * @param {import("./stand-ins.js").Rooms} rooms
 */
function absentFrom(main, rooms) {
  const length = tableLength(main);
  /** @type {Lowered[]} */
  const lowered = [];
  /** @type {Map<string, Func>} */
  const known = new Map();
  /** @type {(item: Import, type: Uint8Array) => Func} */
  const absent = ({ from, name }, type) => {
    const key = full({ from, name });
    const body = () =>
      from.startsWith(CONTRACT)
        ? throughTable(type, length + lowered.push({ from, name, type }) - 1)
        : standIn(key, rooms);
    const func = known.get(key) ?? { type, body: body(), scope: { types: [type], functions: [], globals: [] } };
    known.set(key, func);
    return func;
  };
  return { absent, lowered };
}

/**
 * `provision` of the world `workflow`: looks at the request, does as the engine does, and gives the address of the answer.
 *
 * @param {Func} engines
 * @param {import("./room.js").Room} room
 * @param {number} answer
 * @returns {Func}
 */
function deciding(engines, room, answer) {
  const code = [...reading(room), CALL, [0], DROP, constant(answer), END];
  const scope = { types: [], functions: [engines], globals: [room.next.texts, room.next.records] };
  return { type: ADDRESS_TO_ADDRESS, body: Uint8Array.from(code.flat()), scope };
}

/**
 * @param {Uint8Array} main Where the header comes from.
 * @param {Lowered[]} lowered
 * @param {number} length Of the table, at whose end they go.
 */
function wiring(main, lowered, length) {
  const table = Buffer.concat([named(WORKFLOW), named(TABLE), Uint8Array.of(KIND.table), tableType(length)]);
  const functions = lowered.map((item, type) =>
    Buffer.concat([named("host"), named(full(item)), Uint8Array.of(KIND.func), leb128(type)]),
  );
  return withParts(
    main.subarray(0, HEADER_BYTES),
    new Map([
      [CORE.type, lowered.map(({ type }) => type)],
      [CORE.import, [table, ...functions]],
      [
        CORE.element,
        [
          element(
            length - lowered.length,
            lowered.map((_, index) => index),
          ),
        ],
      ],
    ]),
  );
}
