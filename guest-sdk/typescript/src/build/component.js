// The snapshot: the JavaScript engine with the bundle loaded, as a component of the world `workflow`.

import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { componentize as snapshot } from "componentize-qjs";

import { BUNDLE, POSITIONS, positioned } from "../runtime/positions.js";
import { assembled } from "./component/assemble.js";
import { BuildError } from "./error.js";

/** The contract, and the world that the engine is built for. */
const WIT = fileURLToPath(new URL("../../wit", import.meta.url));
const ENGINE = fileURLToPath(new URL("./component/engine.wit", import.meta.url));

/** What comes last: it leaves memory as a snapshot should have it. */
const SETTLE = ["settle.js", "arenas.js"].map((name) => new URL(`../runtime/${name}`, import.meta.url));
const ENTRY = `import "./${BUNDLE}"; import "./settle.js";`;

/**
 * @param {string} code
 * @param {import("../runtime/positions.js").Positions} positions
 * @returns {Promise<Uint8Array>}
 * @throws {BuildError} The module does not load: its first lines throw.
 */
export async function componentize(code, positions) {
  return assembled(await snapshotOf(code, positions));
}

/**
 * The engine's memory after it has loaded the bundle, in a component of the world `engine`.
 *
 * @param {string} code
 * @param {import("../runtime/positions.js").Positions} positions
 */
async function snapshotOf(code, positions) {
  const folder = await mkdtemp(path.join(tmpdir(), "usher-workflow-"));
  try {
    const jsPath = path.join(folder, "entry.js");
    await writeFile(jsPath, ENTRY);
    const witPath = path.join(folder, "wit");
    await cp(WIT, witPath, { recursive: true });
    await cp(ENGINE, path.join(witPath, "engine.wit"));
    for (const part of SETTLE) await cp(part, path.join(folder, path.basename(part.pathname)));
    await writeFile(path.join(folder, BUNDLE), `${code}\nglobalThis.${POSITIONS}=${JSON.stringify(positions)};`);
    const { component } = await snapshot({
      witPath,
      world: "engine",
      jsPath,
      jsSource: ENTRY,
      moduleRoot: folder,
      // Nothing of an operating system is there, so nothing of it can be asked for.
      stubWasi: true,
      // An instance lives for one decision: what it leaves behind goes with its memory.
      disableGc: true,
    });
    return component;
  } catch (error) {
    const said = positioned(/** @type {Error} */ (error).message, positions)
      .replace(/^:\s*|Failed to [^:]*: /g, "")
      .trim();
    throw new BuildError([{ text: `the module does not load: ${said}` }]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
