// What the tests share: workflows as files of their own, and the command that runs them.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../src/cli.js", import.meta.url));
const FOLDER = mkdtempSync(path.join(tmpdir(), "usher-workflow-test-"));
let files = 0;

after(() => rmSync(FOLDER, { recursive: true, force: true }));

/**
 * Writes files into a folder of their own, and returns the path of the first.
 *
 * @param {Record<string, string>} sources
 */
export async function project(sources) {
  const folder = path.join(FOLDER, String((files += 1)));
  for (const [name, text] of Object.entries(sources)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return path.join(folder, Object.keys(sources)[0] ?? "");
}

/**
 * Runs `usher-workflow` in a folder.
 *
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function cli(args, cwd) {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/**
 * Runs `usher-workflow build --watch`, whose lines can be waited for.
 *
 * @param {string} source
 * @param {string} cwd
 */
export function watching(source, cwd) {
  const child = spawn(process.execPath, [CLI, "build", source, "--watch"], { cwd });
  const lines = new Readable({ read() {} });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => lines.push(bytes));
  const said = createInterface({ input: lines })[Symbol.asyncIterator]();
  return { line: async () => String((await said.next()).value), end: () => child.kill() };
}

/** Why there is no sandbox here; nothing when there is one. A skip where everything is required is a failure. */
export function noSandbox() {
  if (process.env.USHER_BIN) return undefined;
  if (process.env.USHER_REQUIRE_ALL) throw new Error("USHER_BIN has to name the command `usher`");
  return "USHER_BIN names no `usher`";
}
