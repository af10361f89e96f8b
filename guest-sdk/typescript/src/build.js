// From an author's file to a component: type-check, bundle, snapshot, assemble, slim, stamp.

import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { bundle } from "./build/bundle.js";
import { check } from "./build/check.js";
import { componentize } from "./build/component.js";
import { BuildError } from "./build/error.js";
import { manifestOf, stamp } from "./build/manifest.js";
import { slim } from "./build/slim.js";

/**
 * What came of a build.
 *
 * @typedef {object} Built
 * @property {Uint8Array} component The component.
 * @property {string[] | undefined} plans The slugs that it can return, in order; nothing when its types do not know.
 * @property {string[]} files Every file it was made of, for those who watch them.
 */

/**
 * Builds a workflow.
 *
 * @param {string} source The author's file.
 * @returns {Promise<Built>}
 * @throws {BuildError} with everything that is wrong, each with file and line.
 */
export async function build(source) {
  const file = path.resolve(source);
  // What does not parse has no types worth speaking of.
  const [bundled, checked] = await Promise.allSettled([bundle(file), check(file)]);
  if (bundled.status === "rejected") throw bundled.reason;
  if (checked.status === "rejected") throw checked.reason;
  const { code, positions, files } = bundled.value;
  const { plans } = checked.value;
  const component = await componentize(code, positions);
  const manifest = await manifestOf(file, plans);
  return { component: stamp(slim(component), manifest), plans, files };
}

/**
 * Builds a workflow and writes the component, whole or not at all.
 *
 * @param {string} source
 * @param {string} out
 * @returns {Promise<Built>}
 */
export async function buildFile(source, out) {
  const built = await build(source);
  const unfinished = `${out}.${process.pid}.tmp`;
  try {
    await mkdir(path.dirname(path.resolve(out)), { recursive: true });
    await writeFile(unfinished, built.component);
    await rename(unfinished, out);
  } catch (error) {
    throw new BuildError([{ text: `\`${out}\` cannot be written: ${/** @type {Error} */ (error).message}` }]);
  }
  return built;
}
