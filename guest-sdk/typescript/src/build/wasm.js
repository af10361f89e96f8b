// The bytes of a component, as far as a build has to know them: sections, and what is in the custom ones.
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md

const HEADER_BYTES = 8;
const CUSTOM = 0;
const CORE_MODULE = 1;
const COMPONENT = 4;
const DATA = 11;
/** The instructions that say where a segment goes. */
const I32_CONST = 0x41;
const END = 0x0b;
/** The layer in the header of a component; a core module has 0. */
const COMPONENT_LAYER = 1;

/**
 * Takes out every custom section, at every depth: names and notes for tools, which no host reads. Data is joined where that
 * is shorter.
 *
 * @param {Uint8Array} wasm A component or a core module.
 * @returns {Uint8Array}
 */
export function slim(wasm) {
  const isComponent = wasm[6] === COMPONENT_LAYER;
  const parts = [wasm.subarray(0, HEADER_BYTES)];
  for (let at = HEADER_BYTES; at < wasm.length; ) {
    const [size, start] = unsigned(wasm, at + 1);
    const end = start + size;
    const id = wasm[at];
    if (isComponent && (id === CORE_MODULE || id === COMPONENT)) {
      parts.push(section(id, slim(wasm.subarray(start, end))));
    } else if (!isComponent && id === DATA) {
      parts.push(section(id, joined(wasm.subarray(start, end))));
    } else if (id !== CUSTOM) {
      parts.push(wasm.subarray(at, end));
    }
    at = end;
  }
  return Buffer.concat(parts);
}

/** What the head of a segment takes: where it goes, and how long it is. A snapshot leaves gaps from five zeros on. */
const SEGMENT_HEAD_BYTES = 8;

/**
 * Joins the segments of a data section that are so close to each other that zeros between them are shorter than a head.
 *
 * @param {Uint8Array} data
 * @returns {Uint8Array}
 */
function joined(data) {
  let [count, at] = unsigned(data, 0);
  /** @type {{ offset: number, end: number, parts: Uint8Array[] }[]} */
  const segments = [];
  for (; count > 0; count -= 1) {
    // Only the plain form is joined: memory 0 from a constant on.
    if (data[at] !== 0 || data[at + 1] !== I32_CONST) return data;
    const [offset, afterOffset] = unsigned(data, at + 2);
    const [length, start] = unsigned(data, afterOffset + 1);
    at = start + length;
    const bytes = data.subarray(start, at);
    const last = segments.at(-1);
    const gap = last ? offset - last.end : -1;
    if (last && gap >= 0 && gap < SEGMENT_HEAD_BYTES) {
      last.parts.push(new Uint8Array(gap), bytes);
      last.end = offset + length;
    } else {
      segments.push({ offset, end: offset + length, parts: [bytes] });
    }
  }
  const written = segments.flatMap(({ offset, end, parts }) => [
    Uint8Array.of(0, I32_CONST),
    signed(offset),
    Uint8Array.of(END),
    leb128(end - offset),
    ...parts,
  ]);
  return Buffer.concat([leb128(segments.length), ...written]);
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
  const [label, text] = [Buffer.from(name), Buffer.from(content)];
  return Buffer.concat([wasm, section(CUSTOM, Buffer.concat([leb128(label.length), label, text]))]);
}

/**
 * @param {number} id
 * @param {Uint8Array} content
 */
function section(id, content) {
  return Buffer.concat([Uint8Array.of(id), leb128(content.length), content]);
}

/** @param {number} value */
function leb128(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Uint8Array.from(bytes);
}

/**
 * An address, which instructions write with a sign.
 *
 * @param {number} value
 */
function signed(value) {
  const bytes = leb128(value);
  const last = bytes[bytes.length - 1] ?? 0;
  // A seventh bit would be the sign.
  return last & 0x40 ? Buffer.concat([bytes.subarray(0, -1), Uint8Array.of(last | 0x80, 0)]) : bytes;
}

/**
 * Reads a number, and where it ends.
 *
 * @param {Uint8Array} wasm
 * @param {number} at
 * @returns {[number, number]}
 */
function unsigned(wasm, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = wasm[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) return [value >>> 0, at];
  }
}
