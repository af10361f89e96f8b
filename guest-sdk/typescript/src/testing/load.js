// A source file as the function it exports, without a build: bundled, so that TypeScript runs on any Node.

import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as esbuild from "esbuild";

/** @typedef {import("../../types/workflow.js").ProvisioningWorkflow} ProvisioningWorkflow */

const INDEX = fileURLToPath(new URL("../index.js", import.meta.url));

/** What was loaded, by file and the time of its last change. */
/** @type {Map<string, Promise<ProvisioningWorkflow>>} */
const loaded = new Map();

/**
 * @param {string} file
 * @returns {Promise<ProvisioningWorkflow>}
 */
export async function load(file) {
  const key = `${file} ${(await stat(file)).mtimeMs}`;
  const known = loaded.get(key) ?? bundled(file);
  loaded.set(key, known);
  return known;
}

/** @param {string} file */
async function bundled(file) {
  const folder = await mkdtemp(path.join(tmpdir(), "usher-workflow-"));
  try {
    const { outputFiles } = await esbuild.build({
      alias: { "usher-workflow": INDEX },
      bundle: true,
      entryPoints: [file],
      format: "esm",
      logLevel: "silent",
      platform: "node",
      sourcemap: "inline",
      write: false,
    });
    const module = path.join(folder, "workflow.mjs");
    await writeFile(module, outputFiles[0]?.contents ?? "");
    const { default: workflow } = await import(pathToFileURL(module).href);
    if (typeof workflow !== "function") {
      throw new TypeError(
        `${file}: the default export is ${typeof workflow}; expected a function, \`export default workflow\``,
      );
    }
    return workflow;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
