// The engine's functions in a table of its own.
//
// The linker puts the table of functions into a module beside the engine's, where the engine's module then writes some
// thousand functions whenever an instance is made. A host fills a table that a module defines itself lazily, function
// by function, when it is called: a third of a small decision's time. So the table moves into the engine's module, and
// everybody else gets it from there. A component of another form stays as it is.

import {
  COMPONENT,
  CORE,
  END,
  GLOBAL_GET,
  I32_CONST,
  Reader,
  i32Const,
  isComponent,
  listed,
  named,
  sectionsOf,
  withSections,
} from "./wasm.js";

/** What linkers call the table, and where a module's part of it begins. */
const TABLE = "__indirect_function_table";
const TABLE_BASE = "__table_base";

/** Kinds of imports and exports of core modules, which are sorts of the component's aliases, too. */
const KIND = { func: 0, table: 1, memory: 2, global: 3, tag: 4 };
/** How core instances are made, and where aliases lead. */
const INSTANTIATE = 0;
const CORE_SORT = 0;
const CORE_EXPORT = 1;

/** @typedef {import("./wasm.js").Section} Section */

/**
 * @param {Uint8Array} wasm A component.
 * @returns {Uint8Array}
 */
export function withOwnTables(wasm) {
  if (!isComponent(wasm)) return wasm;
  const sections = sectionsOf(wasm).map(({ id, body }) =>
    id === COMPONENT.component ? { id, body: withOwnTables(body) } : { id, body },
  );
  return withSections(wasm, moved(sections) ?? sections);
}

/**
 * The sections with the table moved; nothing where there is none to move.
 *
 * @param {Section[]} sections
 * @returns {Section[] | undefined}
 */
function moved(sections) {
  const modules = sections.filter(({ id }) => id === COMPONENT.module).map(({ body }) => body);
  const parts = readParts(sections);
  const instanceOf = (/** @type {(module: Uint8Array) => boolean} */ isIt) => {
    const module = modules.findIndex(isIt);
    return { module, at: parts.instances.findIndex((instance) => instance.module === module) };
  };
  const owner = instanceOf((module) => exportsOf(module).some(isTable));
  const engine = instanceOf((module) => importsTable(module) && elementsOf(module).length > 0);
  const [table, ...others] = parts.tables;
  if (owner.module < 0 || owner.at < 0 || engine.module < 0 || engine.at < 0) return undefined;
  if (table?.instance !== owner.at || table.name !== TABLE || others.length > 0) return undefined;

  const made = withTable(modules[engine.module], modules[owner.module], parts, engine.at);
  if (made === undefined) return undefined;
  const engineSection = parts.instances[engine.at]?.section ?? 0;
  const later = parts.instances.slice(engine.at + 1);
  // Whoever takes the table from its old owner by name takes it from the engine, which has to be among what it is
  // given.
  const takers = later.filter(
    ({ module, args }) => args.some(({ instance }) => instance === owner.at) && importsTable(modules[module]),
  );
  if (takers.some(({ args }) => !args.some(({ instance }) => instance === engine.at))) return undefined;

  let module = -1;
  return sections.flatMap(({ id, body }, index) => {
    if (id === COMPONENT.module) {
      module += 1;
      if (module === engine.module) return [{ id, body: made }];
      const taker = takers.find((taker) => taker.module === module);
      const from = taker?.args.find(({ instance }) => instance === engine.at)?.name;
      return [{ id, body: from === undefined ? body : takingTableFrom(body, from) }];
    }
    if (id !== COMPONENT.instance || index < engineSection) return [{ id, body }];
    const bundled = { id, body: withTableIndex(body, 0, 1) };
    if (index > engineSection) return [bundled];
    const alias = Buffer.concat([Uint8Array.of(CORE_SORT, KIND.table, CORE_EXPORT, engine.at), named(TABLE)]);
    return [
      { id, body },
      { id: COMPONENT.alias, body: listed([alias]) },
    ];
  });
}

/**
 * Core instances, and what is taken out of them by name.
 *
 * @typedef {object} Parts
 * @property {{ section: number, module: number, args: { name: string, instance: number }[], bundle: { name: string, kind: number, index: number }[] }[]} instances
 * @property {{ instance: number, name: string }[]} tables
 * @property {{ instance: number, name: string }[]} globals
 */

/**
 * @param {Section[]} sections
 * @returns {Parts}
 */
function readParts(sections) {
  /** @type {Parts} */
  const parts = { instances: [], tables: [], globals: [] };
  for (const [section, { id, body }] of sections.entries()) {
    if (id === COMPONENT.instance)
      parts.instances.push(...readInstances(body).map((instance) => ({ section, ...instance })));
    if (id === COMPONENT.alias) readAliases(body, parts);
  }
  return parts;
}

/** @param {Uint8Array} body */
function readInstances(body) {
  const reader = new Reader(body);
  return reader.list(() => {
    if (reader.byte() === INSTANTIATE) {
      const module = reader.unsigned();
      const args = reader.list(() => ({ name: reader.name(), sort: reader.byte(), instance: reader.unsigned() }));
      return { module, args, bundle: [] };
    }
    const bundle = reader.list(() => ({ name: reader.name(), kind: reader.byte(), index: reader.unsigned() }));
    return { module: -1, args: [], bundle };
  });
}

/**
 * @param {Uint8Array} body
 * @param {Parts} parts
 */
function readAliases(body, parts) {
  const reader = new Reader(body);
  reader.list(() => {
    const core = reader.byte() === CORE_SORT ? reader.byte() : -1;
    const target = reader.byte();
    const instance = reader.unsigned();
    // An alias of something outside has a number in the place of a name.
    const name = target <= CORE_EXPORT ? reader.name() : String(reader.unsigned());
    if (core === KIND.table) parts.tables.push({ instance, name });
    if (core === KIND.global) parts.globals.push({ instance, name });
    return {};
  });
}

/**
 * Where the engine's part of the table begins: a constant of the module that has the table.
 *
 * @param {Uint8Array} owner
 * @param {Parts} parts
 * @param {number} engineAt
 * @returns {number | undefined}
 */
function tableBase(owner, parts, engineAt) {
  const env = parts.instances[engineAt]?.args.find(({ name }) => name === "env")?.instance ?? -1;
  const index =
    parts.instances[env]?.bundle.find(({ name, kind }) => name === TABLE_BASE && kind === KIND.global)?.index ?? -1;
  const name = parts.globals[index]?.name;
  const exported = exportsOf(owner).find((item) => item.kind === KIND.global && item.name === name);
  const reader = bodyOf(owner, CORE.global);
  const globals = reader.list(() => {
    reader.bytes(2);
    const value = reader.byte() === I32_CONST ? reader.unsigned() : undefined;
    return { value: reader.byte() === END ? value : undefined };
  });
  return exported && importsOf(owner).every(({ kind }) => kind !== KIND.global)
    ? globals[exported.index]?.value
    : undefined;
}

/**
 * The engine's module with the table of its owner. Nothing when either is of another form.
 *
 * @param {Uint8Array | undefined} engine
 * @param {Uint8Array | undefined} owner
 * @param {Parts} parts
 * @param {number} engineAt
 * @returns {Uint8Array | undefined}
 */
function withTable(engine, owner, parts, engineAt) {
  if (engine === undefined || owner === undefined) return undefined;
  const base = tableBase(owner, parts, engineAt);
  // As long as it is for everybody together: a list of one table.
  const tables = sectionsOf(owner).find(({ id }) => id === CORE.table)?.body;
  const imports = importsOf(engine);
  const imported = imports.find(isTable);
  const baseGlobal = imports.filter(({ kind }) => kind === KIND.global).findIndex(({ name }) => name === TABLE_BASE);
  const elements = elementsOf(engine);
  const sections = sectionsOf(engine);
  const isPlain =
    elements.every(({ global }) => global === baseGlobal) && sections.every(({ id }) => id !== CORE.table);
  if (base === undefined || tables?.[0] !== 1 || !imported || !isPlain) return undefined;
  const exports = exportsOf(engine).map(({ raw }) => raw);
  const table = Buffer.concat([named(TABLE), Uint8Array.of(KIND.table, 0)]);
  return withSections(
    engine,
    sections.flatMap(({ id, body }) => {
      if (id === CORE.import)
        return [{ id, body: listed(imports.filter((item) => item !== imported).map(({ raw }) => raw)) }];
      if (id === CORE.function)
        return [
          { id, body },
          { id: CORE.table, body: tables },
        ];
      if (id === CORE.export) return [{ id, body: listed([...exports, table]) }];
      if (id !== CORE.element) return [{ id, body }];
      const written = elements.map(({ functions }) => Buffer.concat([Uint8Array.of(0), i32Const(base), functions]));
      return [{ id, body: listed(written) }];
    }),
  );
}

/**
 * A module that takes the table from another one of those it is given.
 *
 * @param {Uint8Array} module
 * @param {string} from
 */
function takingTableFrom(module, from) {
  const imports = importsOf(module).map((item) =>
    isTable(item) ? Buffer.concat([named(from), named(item.name), Uint8Array.of(item.kind), item.type]) : item.raw,
  );
  return withSections(
    module,
    sectionsOf(module).map(({ id, body }) => (id === CORE.import ? { id, body: listed(imports) } : { id, body })),
  );
}

/**
 * Core instances whose bundles have another table in the place of one.
 *
 * @param {Uint8Array} body
 * @param {number} old
 * @param {number} now
 */
function withTableIndex(body, old, now) {
  const reader = new Reader(body);
  const instances = readInstances(reader.wasm).map(({ raw, bundle }) => {
    if (bundle.length === 0) return raw;
    const items = bundle.map((item) =>
      item.kind === KIND.table && item.index === old
        ? Buffer.concat([named(item.name), Uint8Array.of(item.kind, now)])
        : item.raw,
    );
    return Buffer.concat([Uint8Array.of(1), listed(items)]);
  });
  return listed(instances);
}

/** @param {{ name: string, kind: number }} item */
const isTable = ({ name, kind }) => name === TABLE && kind === KIND.table;

/** @param {Uint8Array | undefined} module */
const importsTable = (module) => module !== undefined && importsOf(module).some(isTable);

/**
 * The body of a section, to be read; an empty list where there is none.
 *
 * @param {Uint8Array} module
 * @param {number} section
 */
const bodyOf = (module, section) =>
  new Reader(sectionsOf(module).find(({ id }) => id === section)?.body ?? Uint8Array.of(0));

/** @param {Uint8Array} module */
function importsOf(module) {
  const reader = bodyOf(module, CORE.import);
  const limits = () => {
    const hasMost = (reader.byte() & 1) === 1;
    reader.unsigned();
    if (hasMost) reader.unsigned();
  };
  return reader.list(() => {
    const [from, name, kind] = [reader.name(), reader.name(), reader.byte()];
    const start = reader.at;
    if (kind === KIND.func) reader.unsigned();
    if (kind === KIND.table) reader.byte();
    if (kind === KIND.table || kind === KIND.memory) limits();
    if (kind === KIND.global) reader.bytes(2);
    if (kind === KIND.tag) {
      reader.byte();
      reader.unsigned();
    }
    return { from, name, kind, type: reader.wasm.subarray(start, reader.at) };
  });
}

/** @param {Uint8Array} module */
function exportsOf(module) {
  const reader = bodyOf(module, CORE.export);
  return reader.list(() => ({ name: reader.name(), kind: reader.byte(), index: reader.unsigned() }));
}

/**
 * The elements of a module: which global says where they go, and the functions. A form that is not known has the global
 * -1, and ends the list.
 *
 * @param {Uint8Array} module
 * @returns {{ global: number, functions: Uint8Array }[]}
 */
function elementsOf(module) {
  const reader = bodyOf(module, CORE.element);
  const elements = [];
  for (let count = reader.unsigned(); count > 0; count -= 1) {
    const isPlain = reader.byte() === 0 && reader.byte() === GLOBAL_GET;
    const global = isPlain ? reader.unsigned() : -1;
    if (!isPlain || reader.byte() !== END) return [...elements, { global: -1, functions: new Uint8Array() }];
    const start = reader.at;
    reader.list(() => ({ index: reader.unsigned() }));
    elements.push({ global, functions: reader.wasm.subarray(start, reader.at) });
  }
  return elements;
}
