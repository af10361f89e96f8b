// Values of the contract where the host has written them. A workflow looks at a few of a request's hundred values, so
// each is read when it is looked at. https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md
//
// The engine interprets, and takes as long for a call or an iterator as for all else that reads a value: hence the loops,
// and the readers that are written out. What the host does not write is zero, so a byte with nothing behind it up to the
// next word can be read as a word.

import { lazy, member } from "./lazy.js";
import { MARK, ROOM_BYTES, WORD } from "./room.js";

/** What the engine has for its world's imports. They are not for authors. */
const { usherText, usherBytes } = /** @type {any} */ (globalThis);
for (const name of ["usherText", "usherBytes"]) Reflect.deleteProperty(globalThis, name);

/** Where an item is read whose list has no room. */
const SPARE = { at: ROOM_BYTES, bytes: 64 };
const records = new ArrayBuffer(ROOM_BYTES + SPARE.bytes);
/** What the host writes is there. @type {any[]} */
const [bytes, words, doubles] = [new Uint8Array(records), new Int32Array(records), new Float64Array(records)];
for (let at = 0; at < ROOM_BYTES; at++) bytes[at] = MARK.records.charCodeAt(at % MARK.records.length);
const plainTexts = MARK.texts.repeat(ROOM_BYTES / MARK.texts.length);

/** Where texts are cut from: a text itself, or what does as much where they are not all of ASCII. */
let texts = /** @type {{ slice(from: number, to: number): string }} */ (plainTexts);
/** Addresses. */
let [textsAt, recordsAt] = [0, 0];

/** Looks where a request is. */
export const openRoom = () => {
  textsAt = words[WORD.texts];
  recordsAt = words[WORD.records];
  if (words[WORD.unlikeTo] !== 0) texts = mixedTexts;
};

/** Whether there is a request, which is not before there is a decision. */
export const isOpen = () => textsAt !== 0;

/** Tells the build's functions that the answer is a refusal. */
export const markRefusal = () => {
  words[WORD.isRefusal] = 1;
};

const mixedTexts = {
  /** @param {number} from @param {number} to */
  slice(from, to) {
    const isPlain = to <= words[WORD.unlikeFrom] || from >= words[WORD.unlikeTo];
    if (isPlain && from >= 0) return plainTexts.slice(from, to);
    return from === to ? "" : usherText(from + textsAt, to - from);
  },
};

/**
 * A type: how large it is, in bytes, and how it is read.
 *
 * @template T
 * @typedef {object} Type
 * @property {number} size
 * @property {number} align
 * @property {(at: number) => T} read Reads all of it, from a place in the room.
 * @property {(name: string, at: number) => PropertyDescriptor} member A member of an object, read when it is looked at.
 */

/**
 * @template {{} | null} T
 * @param {number} size
 * @param {number} align
 * @param {(at: number) => T} read
 * @returns {Type<T>}
 */
const type = (size, align, read) => ({ size, align, read, member: (name, at) => lazy(name, read, at) });

export const bool = type(1, 1, (at) => bytes[at] === 1);
export const u8 = type(1, 1, (at) => bytes[at]);
export const s32 = type(4, 4, (at) => words[at >> 2]);
export const f64 = type(8, 8, (at) => doubles[at >> 3]);
/** As a number, which is exact below 2^53. */
export const u64 = type(8, 8, (at) => (words[at >> 2] >>> 0) + words[(at >> 2) + 1] * 2 ** 32);

/**
 * One of some names.
 *
 * @template {string} Name
 * @param {readonly Name[]} names At most 256.
 */
export const choice = (...names) => type(1, 1, (at) => /** @type {Name} */ (names[bytes[at]]));

export const text = type(8, 4, (at) => {
  const from = words[at >> 2] - textsAt;
  return texts.slice(from, from + words[(at >> 2) + 1]);
});

/**
 * A text that may be missing: most of what there is in a request.
 *
 * @type {Type<string | null>}
 */
export const optionalText = {
  ...type(12, 4, (at) => (bytes[at] === 0 ? null : text.read(at + 4))),
  member(name, at) {
    const index = at >> 2;
    /** @type {string | null | undefined} */
    let value;
    return member(name, () => {
      if (value === undefined) {
        const from = words[index + 1] - textsAt;
        value = words[index] === 0 ? null : texts.slice(from, from + words[index + 2]);
      }
      return value;
    });
  },
};

/**
 * @template T
 * @param {Type<T>} item
 * @returns {Type<T[]>}
 */
export const list = ({ size, read }) =>
  type(8, 4, (at) => {
    const items = /** @type {T[]} */ ([]);
    const length = words[(at >> 2) + 1];
    if (length === 0) return items;
    let from = words[at >> 2] - recordsAt;
    if (from >= 0 && from < ROOM_BYTES) {
      for (let index = 0; index < length; index++, from += size) items[index] = read(from);
      return items;
    }
    for (let index = 0; index < length; index++, from += size) {
      bytes.set(usherBytes(recordsAt + from, size), SPARE.at);
      items[index] = read(SPARE.at);
    }
    return items;
  });

/**
 * @template {{} | null} T
 * @param {Type<T>} some
 * @returns {Type<T | null>}
 */
export const option = ({ size, align, read }) =>
  type(aligned(align + size, align), align, (at) => (bytes[at] === 0 ? null : read(at + align)));

/**
 * What is made of a value.
 *
 * @template T
 * @template {{} | null} Made
 * @param {Type<T>} from
 * @param {(value: T) => Made} make
 * @returns {Type<Made>}
 */
export const made = ({ size, align, read }, make) => type(size, align, (at) => make(read(at)));

/**
 * @template {Record<string, any>} Fields
 * @param {{ [Name in keyof Fields]: Type<Fields[Name]> }} fields In their order.
 * @returns {Type<Fields> & { offsets: Record<keyof Fields, number> }}
 */
export const record = (fields) => {
  let [size, align] = [0, 1];
  const offsets = /** @type {Record<keyof Fields, number>} */ ({});
  const placed = Object.entries(fields).map(([name, field]) => {
    const offset = aligned(size, field.align);
    [size, align] = [offset + field.size, Math.max(align, field.align)];
    offsets[/** @type {keyof Fields} */ (name)] = offset;
    return { name, offset, read: field.read, member: field.member };
  });
  return {
    ...type(aligned(size, align), align, (at) => {
      /** @type {Record<string, unknown>} */
      const object = {};
      for (let index = 0; index < placed.length; index++) {
        const { name, offset, read } = /** @type {(typeof placed)[number]} */ (placed[index]);
        object[name] = read(at + offset);
      }
      return /** @type {Fields} */ (object);
    }),
    offsets,
    // A record within another is an object of its own, whose members are read when they are looked at.
    member: (_, at) => {
      const members = placed.map(({ name, offset, member }) => [name, member(name, at + offset)]);
      const value = Object.defineProperties({}, Object.fromEntries(members));
      return { value, configurable: true, enumerable: true, writable: true };
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
  const { size, align, offsets } = record({ first, second });
  const [readFirst, readSecond] = [first.read, second.read];
  return type(size, align, (at) => [readFirst(at), readSecond(at + offsets.second)]);
};

/**
 * @param {number} at
 * @param {number} align
 */
const aligned = (at, align) => Math.ceil(at / align) * align;
