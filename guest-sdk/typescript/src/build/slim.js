// Slimming: what no host reads is taken out of a component.

import { COMPONENT, CUSTOM, isComponent, sectionsOf, withSections } from "./wasm/bytes.js";

/**
 * Takes out every custom section, at every depth: names and notes for tools.
 *
 * @param {Uint8Array} wasm A component or a core module.
 * @returns {Uint8Array}
 */
export function slim(wasm) {
  const nested = isComponent(wasm) ? [COMPONENT.module, COMPONENT.component] : [];
  const sections = sectionsOf(wasm).filter(({ id }) => id !== CUSTOM);
  if (!isComponent(wasm)) return withSections(wasm, sections);
  const slimmed = sections.map(({ id, body }) => ({ id, body: nested.includes(id) ? slim(body) : body }));
  return withSections(wasm, slimmed);
}
