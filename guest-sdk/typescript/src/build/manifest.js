// The manifest: what a module says of itself, in a custom section that the host reads at upload.

import { readFile } from "node:fs/promises";
import path from "node:path";

import { withCustomSection } from "./wasm/bytes.js";

const SECTION = "usher:manifest";
const CONTRACT = "0.1.0";

/**
 * @typedef {object} Manifest
 * @property {string} contract The contract's version.
 * @property {{ name: string, version: string }} sdk What built it.
 * @property {string} workflow What its author calls it.
 * @property {string[]} [plans] The slugs that it can return; absent when its types do not know.
 * @property {true} keepsTexts No text of a request is given back to an allocator: they stay where the host has written them.
 */

/**
 * @param {string} file The author's.
 * @param {string[] | undefined} plans
 * @returns {Promise<Manifest>}
 */
export async function manifestOf(file, plans) {
  const { name, version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const workflow = path.basename(file).replace(/\.[cm]?[jt]s$/, "");
  return { contract: CONTRACT, sdk: { name, version }, workflow, ...(plans && { plans }), keepsTexts: true };
}

/**
 * @param {Uint8Array} component
 * @param {Manifest} manifest
 * @returns {Uint8Array}
 */
export function stamp(component, manifest) {
  return withCustomSection(component, SECTION, JSON.stringify(manifest));
}
