// Core modules: what they ask for, what they give, and their parts with others in their places.
// https://webassembly.github.io/spec/core/binary/modules.html

import { expected, unexpected } from "./form.js";
import {
  CORE,
  END,
  GLOBAL_GET,
  I32_CONST,
  Reader,
  i32Const,
  leb128,
  listed,
  named,
  sectionsOf,
  withSections,
} from "./bytes.js";

/** Kinds of imports and exports, which are sorts of a component's aliases, too. */
export const KIND = { func: 0, table: 1, memory: 2, global: 3, tag: 4 };

const I32_ADD = 0x6a;
const FUNCTIONS = 0x70;
/** How elements are written: for the table, or for a table that is named. */
const [ACTIVE, OF_A_TABLE] = [0, 2];

/**
 * The body of a section; an empty list where there is none.
 *
 * @param {Uint8Array} module
 * @param {number} section
 */
const bodyOf = (module, section) => sectionsOf(module).find(({ id }) => id === section)?.body ?? Uint8Array.of(0);

/**
 * The items of a section that are each as long as `skip` reads.
 *
 * @param {Uint8Array} module
 * @param {number} section
 * @param {(reader: Reader) => void} skip
 */
function itemsOf(module, section, skip) {
  const reader = new Reader(bodyOf(module, section));
  const items = reader.list(() => {
    skip(reader);
    return {};
  });
  return items.map(({ raw }) => raw);
}

/**
 * The types of functions, each as it is written.
 *
 * @param {Uint8Array} module
 * @returns {Uint8Array[]}
 */
export const typesOf = (module) =>
  itemsOf(module, CORE.type, (reader) => {
    reader.byte();
    for (const _ of ["parameters", "results"]) reader.bytes(reader.unsigned());
  });

/**
 * The type of a table of functions.
 *
 * @param {number} length
 */
export const tableType = (length) => Buffer.concat([Uint8Array.of(FUNCTIONS, 0), leb128(length)]);

/**
 * How long a module's table of functions is.
 *
 * @param {Uint8Array} module
 */
export function tableLength(module) {
  const reader = new Reader(bodyOf(module, CORE.table));
  const [table] = reader.list(() => ({ type: reader.byte(), bounded: reader.byte(), length: reader.unsigned() }));
  return table?.type === FUNCTIONS ? table.length : unexpected("a table of functions");
}

/** @param {Reader} reader */
function readLimits(reader) {
  const hasMost = (reader.byte() & 1) === 1;
  reader.unsigned();
  if (hasMost) reader.unsigned();
}

/** @param {Uint8Array} module */
function bodiesOf(module) {
  const reader = new Reader(bodyOf(module, CORE.code));
  return reader.list(() => ({ body: reader.bytes(reader.unsigned()) })).map(({ body }) => body);
}

/**
 * The functions that a module has itself: the numbers of their types, and their bodies.
 *
 * @param {Uint8Array} module
 */
export const functionsOf = (module) => ({
  types: itemsOf(module, CORE.function, (reader) => reader.unsigned()),
  bodies: bodiesOf(module),
});

/**
 * The body of a function as the section of code has it.
 *
 * @param {Uint8Array} body
 */
export const sized = (body) => Buffer.concat([leb128(body.length), body]);

/**
 * A module whose own functions have other bodies.
 *
 * @param {Uint8Array} module
 * @param {(body: Uint8Array, parameters: number) => Uint8Array} other
 */
export function withBodies(module, other) {
  const types = typesOf(module);
  const functions = functionsOf(module);
  const parameters = functions.types.map((number) => types[new Reader(number).unsigned()]?.[1] ?? 0);
  const bodies = functions.bodies.map((body, index) => sized(other(body, parameters[index] ?? 0)));
  return withParts(module, new Map([[CORE.code, bodies]]));
}

/**
 * @typedef {object} Import
 * @property {string} from
 * @property {string} name
 * @property {number} kind
 * @property {Uint8Array} type What follows the kind: of a function, the number of its type.
 */

/**
 * @param {Uint8Array} module
 * @returns {Import[]}
 */
export function importsOf(module) {
  const reader = new Reader(bodyOf(module, CORE.import));
  return reader.list(() => {
    const [from, name, kind] = [reader.name(), reader.name(), reader.byte()];
    const start = reader.at;
    if (kind === KIND.func) reader.unsigned();
    if (kind === KIND.table) reader.byte();
    if (kind === KIND.table || kind === KIND.memory) readLimits(reader);
    if (kind === KIND.global) reader.bytes(2);
    if (kind === KIND.tag) {
      reader.byte();
      reader.unsigned();
    }
    return { from, name, kind, type: reader.wasm.subarray(start, reader.at) };
  });
}

/** @param {Uint8Array} module */
export function exportsOf(module) {
  const reader = new Reader(bodyOf(module, CORE.export));
  return reader.list(() => ({ name: reader.name(), kind: reader.byte(), index: reader.unsigned() }));
}

/** @param {{ name: string, kind: number, index: number }} item */
export const exported = ({ name, kind, index }) => Buffer.concat([named(name), Uint8Array.of(kind), leb128(index)]);

/**
 * The globals that a module has itself, each with what it begins as.
 *
 * @param {Uint8Array} module
 * @param {number[]} imported What those begin as that it imports.
 * @returns {{ type: Uint8Array, value: number }[]}
 */
export function globalsOf(module, imported = []) {
  const reader = new Reader(bodyOf(module, CORE.global));
  return reader.list(() => ({ type: reader.bytes(2), value: readSum(reader, imported) }));
}

/**
 * A constant: numbers and globals, with or without sums of them.
 *
 * @param {Reader} reader
 * @param {number[]} globals
 */
function readSum(reader, globals) {
  let sum = 0;
  for (;;) {
    const code = reader.byte();
    if (code === END) return sum;
    if (code === I32_CONST) sum += reader.signed();
    else if (code === GLOBAL_GET) sum += expected(globals[reader.unsigned()], "a constant of constants");
    else if (code !== I32_ADD) unexpected("a sum");
  }
}

/**
 * The elements of a module: where they go, and the functions' numbers.
 *
 * @param {Uint8Array} module
 * @param {number[]} imported What the globals begin as that it imports.
 * @returns {{ offset: number, functions: number[] }[]}
 */
export function elementsOf(module, imported) {
  const reader = new Reader(bodyOf(module, CORE.element));
  return reader.list(() => {
    const form = reader.byte();
    if (form !== ACTIVE && (form !== OF_A_TABLE || reader.byte() !== 0)) unexpected("elements at fixed places");
    const offset = readSum(reader, imported);
    if (form === OF_A_TABLE && reader.byte() !== KIND.func) unexpected("functions");
    return { offset, functions: reader.list(() => ({ index: reader.unsigned() })).map(({ index }) => index) };
  });
}

/**
 * Data at fixed places of the memory.
 *
 * @param {Uint8Array} module
 * @returns {Segment[]}
 *
 * @typedef {{ offset: number, bytes: Uint8Array }} Segment
 */
export function segmentsOf(module) {
  const reader = new Reader(bodyOf(module, CORE.data));
  const segments = [];
  for (let count = reader.unsigned(); count > 0; count -= 1) {
    if (reader.byte() !== ACTIVE) unexpected("data at fixed places");
    const offset = readSum(reader, []);
    segments.push({ offset, bytes: reader.bytes(reader.unsigned()) });
  }
  return segments;
}

/** What the head of a segment takes: where it goes, and how long it is. */
const SEGMENT_HEAD_BYTES = 8;

/**
 * The memory that data makes, as far as there is any.
 *
 * @param {Segment[]} segments
 */
export function memoryOf(segments) {
  const memory = Buffer.alloc(segments.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes.length), 0));
  for (const { offset, bytes } of segments) memory.set(bytes, offset);
  return memory;
}

/**
 * The data that makes a memory: all but zeros, where leaving them out is shorter.
 *
 * @param {Buffer} memory
 * @returns {Segment[]}
 */
export function segmentsIn(memory) {
  const segments = [];
  const zeros = Buffer.alloc(SEGMENT_HEAD_BYTES);
  let from = memory.findIndex((byte) => byte !== 0);
  while (from >= 0) {
    const gap = memory.indexOf(zeros, from);
    const end = gap < 0 ? memory.length : gap;
    segments.push({ offset: from, bytes: memory.subarray(from, end) });
    const next = memory.subarray(end).findIndex((byte) => byte !== 0);
    from = next < 0 ? next : end + next;
  }
  return segments;
}

/** @param {Segment} segment */
export const segment = ({ offset, bytes }) =>
  Buffer.concat([Uint8Array.of(0), i32Const(offset), leb128(bytes.length), bytes]);

/**
 * A module with other sections in the places of its own, or beside them.
 *
 * @param {Uint8Array} module
 * @param {Map<number, Uint8Array[]>} parts Lists, by the ids of their sections; an empty one takes its section away.
 */
export function withParts(module, parts) {
  const kept = sectionsOf(module).filter(({ id }) => !parts.has(id));
  const made = [...parts].filter(([, items]) => items.length > 0).map(([id, items]) => ({ id, body: listed(items) }));
  return withSections(
    module,
    [...kept, ...made].sort((one, other) => ORDER.indexOf(one.id) - ORDER.indexOf(other.id)),
  );
}

/** Sections stand in this order; the number of data segments comes before the code. */
const ORDER = [
  CORE.type,
  CORE.import,
  CORE.function,
  CORE.table,
  CORE.memory,
  CORE.global,
  CORE.export,
  CORE.element,
  CORE.dataCount,
  CORE.code,
  CORE.data,
];
