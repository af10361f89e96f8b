// The bytes of components and core modules, as far as a build has to know them.
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md

export const HEADER_BYTES = 8;
/** The layer in the header of a component; a core module has 0. */
const COMPONENT_LAYER = 1;

/** Ids of sections: of both, of core modules, of components. */
export const CUSTOM = 0;
export const CORE = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
};
export const COMPONENT = { module: 1, instance: 2, component: 4, alias: 6, type: 7, canon: 8, import: 10, export: 11 };

/** Instructions of constants. */
export const I32_CONST = 0x41;
export const GLOBAL_GET = 0x23;
export const END = 0x0b;

/**
 * @typedef {object} Section
 * @property {number} id
 * @property {Uint8Array} body
 */

/** @param {Uint8Array} wasm */
export const isComponent = (wasm) => wasm[6] === COMPONENT_LAYER;

/**
 * The sections of a component or a core module, in their order.
 *
 * @param {Uint8Array} wasm
 * @returns {Section[]}
 */
export function sectionsOf(wasm) {
  const reader = new Reader(wasm, HEADER_BYTES);
  const sections = [];
  while (!reader.isDone()) sections.push({ id: reader.byte(), body: reader.bytes(reader.unsigned()) });
  return sections;
}

/**
 * A component or a core module again, with these sections.
 *
 * @param {Uint8Array} wasm Where the header comes from.
 * @param {Section[]} sections
 * @returns {Uint8Array}
 */
export function withSections(wasm, sections) {
  const parts = sections.flatMap(({ id, body }) => [Uint8Array.of(id), leb128(body.length), body]);
  return Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...parts]);
}

/**
 * Adds a custom section at the end.
 *
 * @param {Uint8Array} wasm
 * @param {string} name
 * @param {string} content
 * @returns {Uint8Array}
 */
export function withCustomSection(wasm, name, content) {
  const body = Buffer.concat([named(name), Buffer.from(content)]);
  return withSections(wasm, [...sectionsOf(wasm), { id: CUSTOM, body }]);
}

/**
 * A list as sections have it: its length, and what is in it.
 *
 * @param {Uint8Array[]} items
 */
export const listed = (items) => Buffer.concat([leb128(items.length), ...items]);

/**
 * A name as sections have it.
 *
 * @param {string} name
 */
export const named = (name) => Buffer.concat([leb128(Buffer.byteLength(name)), Buffer.from(name)]);

/** @param {number} value Not negative. */
export function leb128(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Uint8Array.from(bytes);
}

/**
 * A number where negative ones could be, too.
 *
 * @param {number} value Not negative.
 */
export function signedLeb128(value) {
  const bytes = leb128(value);
  const last = bytes[bytes.length - 1] ?? 0;
  // A seventh bit would be the sign.
  return last & 0x40 ? Buffer.concat([bytes.subarray(0, -1), Uint8Array.of(last | 0x80, 0)]) : bytes;
}

/**
 * The constant of an address.
 *
 * @param {number} value Not negative.
 */
export const i32Const = (value) => Buffer.concat([Uint8Array.of(I32_CONST), signedLeb128(value), Uint8Array.of(END)]);

/** Reads bytes one thing after the other. */
export class Reader {
  /**
   * @param {Uint8Array} wasm
   * @param {number} [at]
   */
  constructor(wasm, at = 0) {
    this.wasm = wasm;
    this.at = at;
  }

  isDone() {
    return this.at >= this.wasm.length;
  }

  byte() {
    return this.wasm[this.at++] ?? 0;
  }

  /** @param {number} length */
  bytes(length) {
    this.at += length;
    return this.wasm.subarray(this.at - length, this.at);
  }

  unsigned() {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** A number of 32 bits that can be negative: the last byte says so. */
  signed() {
    const from = this.at;
    const value = this.unsigned();
    const bits = 7 * (this.at - from);
    return bits < 32 && (this.wasm[this.at - 1] ?? 0) & 0x40 ? value | (-1 << bits) : value | 0;
  }

  name() {
    return Buffer.from(this.bytes(this.unsigned())).toString();
  }

  /**
   * Reads a list, each item with its own bytes.
   *
   * @template Item
   * @param {() => Item} item
   * @returns {(Item & { raw: Uint8Array })[]}
   */
  list(item) {
    return Array.from({ length: this.unsigned() }, () => {
      const from = this.at;
      const read = item();
      return { ...read, raw: this.wasm.subarray(from, this.at) };
    });
  }
}
