// Slimming: what no host reads is taken out of a component, and what is written at length is written short.

import {
  COMPONENT,
  CORE,
  CUSTOM,
  END,
  I32_CONST,
  Reader,
  i32Const,
  isComponent,
  leb128,
  sectionsOf,
  withSections,
} from "./wasm.js";

/** What the head of a segment takes: where it goes, and how long it is. A snapshot leaves gaps from five zeros on. */
const SEGMENT_HEAD_BYTES = 8;

/**
 * Takes out every custom section, at every depth: names and notes for tools. Data is joined where that is shorter.
 *
 * @param {Uint8Array} wasm A component or a core module.
 * @returns {Uint8Array}
 */
export function slim(wasm) {
  const nested = isComponent(wasm) ? [COMPONENT.module, COMPONENT.component] : [];
  const sections = sectionsOf(wasm).filter(({ id }) => id !== CUSTOM);
  const slimmed = sections.map(({ id, body }) => {
    if (nested.includes(id)) return { id, body: slim(body) };
    return { id, body: !isComponent(wasm) && id === CORE.data ? joined(body) : body };
  });
  return withSections(wasm, slimmed);
}

/**
 * Joins the segments of a data section that are so close to each other that zeros between them are shorter than a head.
 *
 * @param {Uint8Array} data
 * @returns {Uint8Array}
 */
function joined(data) {
  const reader = new Reader(data);
  /** @type {{ offset: number, end: number, parts: Uint8Array[] }[]} */
  const segments = [];
  for (let count = reader.unsigned(); count > 0; count -= 1) {
    // Only the plain form is joined: memory 0 from a constant on.
    if (reader.byte() !== 0 || reader.byte() !== I32_CONST) return data;
    const offset = reader.unsigned();
    if (reader.byte() !== END) return data;
    const bytes = reader.bytes(reader.unsigned());
    const last = segments.at(-1);
    const gap = last ? offset - last.end : -1;
    if (last && gap >= 0 && gap < SEGMENT_HEAD_BYTES) {
      last.parts.push(new Uint8Array(gap), bytes);
      last.end = offset + bytes.length;
    } else {
      segments.push({ offset, end: offset + bytes.length, parts: [bytes] });
    }
  }
  const written = segments.flatMap(({ offset, end, parts }) => [
    Uint8Array.of(0),
    i32Const(offset),
    leb128(end - offset),
    ...parts,
  ]);
  return Buffer.concat([leb128(segments.length), ...written]);
}
