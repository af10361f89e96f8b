// Values of the contract where the host has written them. A workflow looks at a few of a request's hundred values, so
// each is read when it is looked at. https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md

import { withLazy } from "./lazy.js";

/**
 * What the engine takes out of memory. Each place can be taken once.
 *
 * @typedef {object} Memory
 * @property {(at: number, length: number) => string} text
 * @property {(at: number, length: number) => Uint8Array} bytes
 */

/**
 * Where a request is read: nowhere, until there is one.
 *
 * @typedef {{ view?: DataView }} Place
 */

/**
 * A type: how large it is, in bytes, and how it is read.
 *
 * @template T
 * @typedef {object} Type
 * @property {number} size
 * @property {number} align
 * @property {(view: DataView, at: number) => T} read Reads all of it.
 * @property {(place: Place, at: number) => () => T} reader Makes what will read it, part by part, once there is a view.
 */

/**
 * @template T
 * @param {number} size
 * @param {number} align
 * @param {(view: DataView, at: number) => T} read
 * @returns {Type<T>}
 */
const type = (size, align, read) => ({
  size,
  align,
  read,
  reader: (place, at) => () => read(/** @type {DataView} */ (place.view), at),
});

export const bool = type(1, 1, (view, at) => view.getUint8(at) === 1);
export const u8 = type(1, 1, (view, at) => view.getUint8(at));
export const s32 = type(4, 4, (view, at) => view.getInt32(at, true));
export const f64 = type(8, 8, (view, at) => view.getFloat64(at, true));
/** As a number, which is exact below 2^53. */
export const u64 = type(8, 8, (view, at) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32);

/**
 * One of some names.
 *
 * @template {string} Name
 * @param {readonly Name[]} names At most 256.
 */
export const choice = (...names) => type(1, 1, (view, at) => /** @type {Name} */ (names[view.getUint8(at)]));

/** @param {Memory} memory */
export const text = ({ text }) =>
  type(8, 4, (view, at) => {
    const length = view.getUint32(at + 4, true);
    return length === 0 ? "" : text(view.getUint32(at, true), length);
  });

/**
 * @template T
 * @param {Memory} memory
 * @param {Type<T>} item
 * @returns {Type<T[]>}
 */
export const list = ({ bytes }, item) =>
  type(8, 4, (view, at) => {
    const length = view.getUint32(at + 4, true);
    const items = /** @type {any[]} */ ([]);
    if (length === 0) return items;
    const found = viewOf(bytes(view.getUint32(at, true), length * item.size));
    for (let index = 0; index < length; index++) items.push(item.read(found, index * item.size));
    return items;
  });

/**
 * @template T
 * @param {Type<T>} some
 * @returns {Type<T | null>}
 */
export const option = (some) => {
  const offset = some.align;
  return {
    ...type(aligned(offset + some.size, some.align), some.align, (view, at) =>
      view.getUint8(at) === 0 ? null : some.read(view, at + offset),
    ),
    reader(place, at) {
      const read = some.reader(place, at + offset);
      return () => (place.view?.getUint8(at) === 0 ? null : read());
    },
  };
};

/**
 * @template {Record<string, any>} Fields
 * @param {{ [Name in keyof Fields]: Type<Fields[Name]> }} fields In their order.
 * @returns {Type<Fields>}
 */
export const record = (fields) => {
  let size = 0;
  const placed = Object.entries(fields).map(([name, field]) => {
    const offset = aligned(size, field.align);
    size = offset + field.size;
    return { name, field, offset };
  });
  const align = Math.max(...placed.map(({ field }) => field.align));
  return {
    ...type(aligned(size, align), align, (view, at) => {
      /** @type {Record<string, unknown>} */
      const object = {};
      for (const { name, field, offset } of placed) object[name] = field.read(view, at + offset);
      return /** @type {Fields} */ (object);
    }),
    reader(place, at) {
      const readers = placed.map(({ name, field, offset }) => [name, field.reader(place, at + offset)]);
      const object = /** @type {Fields} */ (withLazy({}, Object.fromEntries(readers)));
      return () => object;
    },
  };
};

/**
 * @template First, Second
 * @param {Type<First>} first
 * @param {Type<Second>} second
 * @returns {Type<[First, Second]>}
 */
export const pair = (first, second) => {
  const both = record({ first, second });
  return type(both.size, both.align, (view, at) => {
    const { first, second } = both.read(view, at);
    return [first, second];
  });
};

/** @param {Uint8Array} bytes All that its buffer has. */
export const viewOf = (bytes) => new DataView(bytes.buffer);

/**
 * @param {number} at
 * @param {number} align
 */
const aligned = (at, align) => Math.ceil(at / align) * align;
