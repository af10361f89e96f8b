// Slimming: what no host reads is taken out of a component, and what is written at length is written short.

import { segment, segmentsOf, withParts } from "./wasm/core-module.js";
import { COMPONENT, CORE, CUSTOM, isComponent, sectionsOf, withSections } from "./wasm/bytes.js";

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
  if (!isComponent(wasm)) return joined(withSections(wasm, sections));
  const slimmed = sections.map(({ id, body }) => ({ id, body: nested.includes(id) ? slim(body) : body }));
  return withSections(wasm, slimmed);
}

/**
 * Joins the segments of a module's data that are so close to each other that zeros between them are shorter than a head.
 *
 * @param {Uint8Array} module
 * @returns {Uint8Array}
 */
function joined(module) {
  /** @type {{ offset: number, end: number, parts: Uint8Array[] }[]} */
  const joined = [];
  for (const { offset, bytes } of segmentsOf(module)) {
    const last = joined.at(-1);
    const gap = last ? offset - last.end : -1;
    if (last && gap >= 0 && gap < SEGMENT_HEAD_BYTES) {
      last.parts.push(new Uint8Array(gap), bytes);
      last.end = offset + bytes.length;
    } else {
      joined.push({ offset, end: offset + bytes.length, parts: [bytes] });
    }
  }
  if (joined.length === 0) return module;
  const segments = joined.map(({ offset, parts }) => segment({ offset, bytes: Buffer.concat(parts) }));
  return withParts(module, new Map([[CORE.data, segments]]));
}
