#!/usr/bin/env node
// `usher-workflow`: the command.

import { statSync, watch } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { buildFile } from "./build.js";
import { BuildError, shownPath } from "./build/error.js";

const USAGE = `Builds workflows in TypeScript for Usher.

Usage: usher-workflow build SOURCE.ts [-o OUT.wasm] [--watch]

  -o, --out FILE  Where the component goes; beside the source otherwise
  -w, --watch     Build again whenever a file changes that it was made of
  -h, --help      Print this

Exit code: 0 when it is built, 1 when something is wrong with the workflow, 2 for usage.
`;

/** Slugs that a line has room for. */
const MOST_LISTED = 8;

/** @returns {Promise<number>} */
async function main() {
  const { values, positionals, problem } = read();
  if (values.help) return say(USAGE, 0);
  const [command, source, surplus] = positionals;
  if (problem) return complain(`${problem}\n\n${USAGE}`, 2);
  if (command !== "build")
    return complain(`expected the command \`build\`, found ${command ? `\`${command}\`` : "nothing"}\n\n${USAGE}`, 2);
  if (source === undefined || surplus !== undefined) return complain(`expected one file to build\n\n${USAGE}`, 2);
  const out = values.out ?? source.replace(/\.[cm]?[jt]sx?$/, "") + ".wasm";
  if (!values.watch) return (await once(source, out)).code;
  await forever(source, out);
  return 0;
}

/** @returns {{ values: { out?: string, watch?: boolean, help?: boolean }, positionals: string[], problem?: string }} */
function read() {
  const options = /** @type {const} */ ({
    out: { type: "string", short: "o" },
    watch: { type: "boolean", short: "w" },
    help: { type: "boolean", short: "h" },
  });
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return { values: {}, positionals: [], problem: /** @type {Error} */ (error).message };
  }
}

/**
 * @param {string} source
 * @param {string} out
 */
async function once(source, out) {
  const started = performance.now();
  try {
    const { component, plans, files } = await buildFile(source, out);
    const kilobytes = Math.round(component.length / 1000);
    const returns = plans === undefined ? "any slug" : listed(plans) || "no plan";
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`${shownPath(out)}: ${kilobytes} kB, returns ${returns} (${seconds} s)\n`, 0);
    return { code: 0, files };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    complain(`${error.message}\n`, 1);
    return { code: 1, files: [] };
  }
}

/** @param {string[]} plans */
function listed(plans) {
  const more = plans.length - MOST_LISTED;
  return plans.slice(0, MOST_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * Builds again and again, until the process is ended.
 *
 * @param {string} source
 * @param {string} out
 */
async function forever(source, out) {
  let watched = [source];
  for (;;) {
    const began = Date.now();
    const { files } = await once(source, out);
    // What did not build is mended in one of the files that it was made of before.
    if (files.length > 0) watched = files;
    await change(new Set(watched.map((file) => path.resolve(file))), began);
  }
}

/**
 * Waits until one of these files changes, if none has since. Editors write in several steps, and some put a new file in
 * the place of the old: so folders are watched, and the last step counts.
 *
 * @param {Set<string>} files
 * @param {number} since
 */
async function change(files, since) {
  const folders = new Set(
    [...files].map((file) => path.dirname(file)).filter((folder) => !folder.includes("node_modules")),
  );
  /** @type {import("node:fs").FSWatcher[]} */
  let watchers = [];
  await new Promise((resolve) => {
    /** @type {NodeJS.Timeout | undefined} */
    let quiet;
    const changed = (/** @type {string} */ folder, /** @type {string | null} */ name) => {
      if (name !== null && !files.has(path.join(folder, name))) return;
      clearTimeout(quiet);
      quiet = setTimeout(resolve, 50);
    };
    watchers = [...folders].map((folder) => watch(folder, (_, name) => changed(folder, name)));
    const isNew = (/** @type {string} */ file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > since;
    if ([...files].some(isNew)) resolve(undefined);
  });
  for (const watcher of watchers) watcher.close();
}

/** @param {string} text @param {number} code */
function say(text, code) {
  process.stdout.write(text);
  return code;
}

/** @param {string} text @param {number} code */
function complain(text, code) {
  process.stderr.write(text);
  return code;
}

process.exitCode = await main();
