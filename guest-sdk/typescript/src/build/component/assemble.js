// The component around the engine: two core modules, and nothing beside them.
//
// The toolchain's own component has six modules and, for an operating system that is not there, eighteen components
// within it with functions that are adapted to one another. A host makes all of them anew for every decision.

import { KIND } from "../wasm/core-module.js";
import { expected, unexpected } from "../wasm/form.js";
import { full, linked } from "./link.js";
import {
  COMPONENT,
  CUSTOM,
  Reader,
  isComponent,
  leb128,
  listed,
  named,
  sectionsOf,
  signedLeb128,
  withSections,
} from "../wasm/bytes.js";

/** Sorts of what a component has, beside those of core modules. */
const SORT = { core: 0, func: 1, type: 3, instance: 5 };
/** How core instances are made, where aliases lead, and what imports of types and exports begin with. */
const [INSTANTIATE, BUNDLE] = [0, 1];
const [FROM_INSTANCE, FROM_CORE_INSTANCE] = [0, 1];
const CORE_INSTANCE = 0x12;
const EQUAL = 0;
/** Kinds of types, and what types are made of. */
const [FUNCTION, RESULT, LIST, STRING] = [0x40, 0x6a, 0x70, 0x73];
/** What a function is lifted and lowered with: UTF-8, the memory, `cabi_realloc`. */
const [LIFT, LOWER] = [0, 1];
const OPTIONS = listed([Uint8Array.of(0), Uint8Array.of(3, 0), Uint8Array.of(4, 0)]);

/** Core instances, in their order. */
const INSTANCE = { workflow: 0, host: 1 };

/** @typedef {import("../wasm/bytes.js").Section} Section */

/**
 * @param {Uint8Array} component Of the world `engine`, as the toolchain makes it.
 * @returns {Uint8Array} Of the world `workflow`.
 * @throws {Error} The toolchain makes components of another form.
 */
export function assembled(component) {
  const { sections, types, request, instances } = contractOf(component);
  const { workflow, wiring, lowered } = linked(modulesOf(component));
  const instanceOf = (/** @type {string} */ name) => expected(instances.get(name), `an import \`${name}\``);
  return withSections(component, [
    ...sections,
    ...[workflow, wiring].map((body) => ({ id: COMPONENT.module, body })),
    section(COMPONENT.instance, [made(0, {})]),
    section(COMPONENT.alias, [
      coreAlias(KIND.memory, INSTANCE.workflow, "memory"),
      coreAlias(KIND.func, INSTANCE.workflow, "cabi_realloc"),
      coreAlias(KIND.func, INSTANCE.workflow, "provision"),
      ...lowered.map(({ from, name }) => alias(instanceOf(from), name)),
    ]),
    section(
      COMPONENT.canon,
      lowered.map((_, index) => Buffer.concat([Uint8Array.of(LOWER, 0), leb128(index), OPTIONS])),
    ),
    section(COMPONENT.instance, [
      bundled(lowered.map((item, index) => ({ name: full(item), index: index + 2 }))),
      made(1, { workflow: INSTANCE.workflow, host: INSTANCE.host }),
    ]),
    section(COMPONENT.type, [
      Uint8Array.of(LIST, STRING),
      Buffer.concat([Uint8Array.of(RESULT, 1), signedLeb128(types), Uint8Array.of(1, STRING)]),
      Buffer.concat([
        Uint8Array.of(FUNCTION),
        listed([Buffer.concat([named("request"), signedLeb128(request)])]),
        Uint8Array.of(0),
        signedLeb128(types + 1),
      ]),
    ]),
    section(COMPONENT.canon, [Buffer.concat([Uint8Array.of(LIFT, 0), leb128(1), OPTIONS, leb128(types + 2)])]),
    section(COMPONENT.export, [
      Buffer.concat([
        Uint8Array.of(0),
        named("provision"),
        Uint8Array.of(SORT.func),
        leb128(lowered.length),
        Uint8Array.of(0),
      ]),
    ]),
  ]);
}

/**
 * What a component begins with: the contract's types and imports, up to the type of a request.
 *
 * @param {Uint8Array} component
 * @returns {{ sections: Section[], types: number, request: number, instances: Map<string, number> }} With the number of types
 *   so far, the index of the request's, and the indices of the instances that are imported.
 */
function contractOf(component) {
  const sections = [];
  const instances = new Map();
  let types = 0;
  for (const section of sectionsOf(component).filter(({ id }) => id !== CUSTOM)) {
    sections.push(section);
    const reader = new Reader(section.body);
    if (section.id === COMPONENT.type) types += reader.unsigned();
    if (section.id === COMPONENT.alias) types += reader.list(() => readAlias(reader)).length;
    if (section.id !== COMPONENT.import) continue;
    for (const { name, sort } of reader.list(() => readImport(reader))) {
      if (sort === SORT.instance) instances.set(name, instances.size);
      if (sort === SORT.type) types += 1;
      if (name === "request") return { sections, types, request: types - 1, instances };
    }
  }
  return unexpected("an import of the request's type");
}

/** @param {Reader} reader */
function readAlias(reader) {
  if (reader.byte() !== SORT.type || reader.byte() !== FROM_INSTANCE) unexpected("an alias of a type");
  reader.unsigned();
  return { name: reader.name() };
}

/** @param {Reader} reader */
function readImport(reader) {
  const withVersion = reader.byte() !== 0;
  const name = reader.name();
  if (withVersion) unexpected(`\`${name}\` without more to it`);
  const sort = reader.byte();
  if (sort === SORT.type && reader.byte() !== EQUAL) unexpected("types that are known");
  reader.unsigned();
  return { name, sort };
}

/**
 * The core modules of a component, at every depth.
 *
 * @param {Uint8Array} component
 * @returns {Uint8Array[]}
 */
const modulesOf = (component) =>
  sectionsOf(component).flatMap(({ id, body }) => {
    if (id === COMPONENT.component) return isComponent(body) ? modulesOf(body) : [];
    return id === COMPONENT.module ? [body] : [];
  });

/**
 * @param {number} id
 * @param {Uint8Array[]} items
 * @returns {Section}
 */
const section = (id, items) => ({ id, body: listed(items) });

/**
 * @param {number} module
 * @param {Record<string, number>} given Instances by the names that the module has for them.
 */
const made = (module, given) => {
  const args = Object.entries(given).map(([name, index]) =>
    Buffer.concat([named(name), Uint8Array.of(CORE_INSTANCE, index)]),
  );
  return Buffer.concat([Uint8Array.of(INSTANTIATE, module), listed(args)]);
};

/** @param {{ name: string, index: number }[]} functions */
const bundled = (functions) => {
  const items = functions.map(({ name, index }) =>
    Buffer.concat([named(name), Uint8Array.of(KIND.func), leb128(index)]),
  );
  return Buffer.concat([Uint8Array.of(BUNDLE), listed(items)]);
};

/**
 * @param {number} kind
 * @param {number} instance
 * @param {string} name
 */
const coreAlias = (kind, instance, name) =>
  Buffer.concat([Uint8Array.of(SORT.core, kind, FROM_CORE_INSTANCE, instance), named(name)]);

/**
 * @param {number} instance
 * @param {string} name
 */
const alias = (instance, name) =>
  Buffer.concat([Uint8Array.of(SORT.func, FROM_INSTANCE), leb128(instance), named(name)]);
