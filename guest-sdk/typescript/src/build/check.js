// The type-check, with the compiler of the author's project, against what a workflow really has at run time. It also
// says which plans the author's function can return, as far as its type knows.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { BuildError } from "./error.js";

const BASE = fileURLToPath(new URL("../../tsconfig.workflow.json", import.meta.url));
const INDEX = fileURLToPath(new URL("../../types/index.d.ts", import.meta.url));
const TYPES = ["globals.d.ts", "runtime.d.ts"].map((name) =>
  fileURLToPath(new URL(`../../types/${name}`, import.meta.url)),
);
/**
 * Why a name of other places is none here.
 *
 * @type {Record<string, string>}
 */
const ABSENT = {
  Buffer: "a workflow does not run on Node; `Uint8Array`, `TextEncoder`, `atob` and `btoa` are there",
  clearTimeout: "a workflow does not wait",
  crypto: "a workflow has no secrets; `Math.random` draws from the decision",
  document: "a workflow does not run in a browser",
  fetch: "a workflow has no network: what it needs is in its arguments, or a look-up of `utils.identity`",
  localStorage: "a workflow keeps nothing between decisions",
  process: "a workflow does not run on Node: variables are in `env`",
  require: "a workflow does not run on Node: `import` what is to be bundled",
  setInterval: "a workflow does not wait: every clock stands still at the decision's instant",
  setTimeout: "a workflow does not wait: every clock stands still at the decision's instant",
  window: "a workflow does not run in a browser",
};
/** What a provisioning workflow may not call. */
const WRITING = /\.\s*(incrementCounter|(write|delete)CustomData|(create|remove)Link|setTraitGroup|triggers)\b/;
/** Enough for the most talkative compiler. */
const OUTPUT_BYTES = 16 << 20;

/**
 * @param {string} file The author's, absolute.
 * @returns {Promise<{ plans: string[] | undefined }>}
 * @throws {BuildError}
 */
export async function check(file) {
  const folder = await mkdtemp(path.join(tmpdir(), "usher-workflow-"));
  try {
    const probe = path.join(folder, "probe.ts");
    await writeFile(probe, probeOf(file));
    await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(configOf(file, probe, folder)));
    const said = await compile(file, path.join(folder, "tsconfig.json"));
    if (said !== "") throw new BuildError(await problemsOf(said, file, probe));
    return { plans: await plansIn(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A module that holds the default export to its type, and whose declarations spell out the slugs.
 *
 * @param {string} file
 */
function probeOf(file) {
  return [
    `import workflow from ${JSON.stringify(file)};`,
    "export const held: ProvisioningWorkflow = workflow;",
    "declare function slugs<S extends string>(workflow: (args: any) => Promise<readonly S[]>): { [Slug in S]: true };",
    "export const plans = slugs(workflow);",
  ].join("\n");
}

/**
 * The author's own settings, where there are any, but for what a workflow is built and run with.
 *
 * @param {string} file
 * @param {string} probe
 * @param {string} folder
 */
function configOf(file, probe, folder) {
  const project = nearest(path.dirname(file), ["tsconfig.json", "package.json"]);
  const own = project && path.join(project, "tsconfig.json");
  // Declarations, such as those of the catalog, count by being in the project.
  const declarations = project ? path.join(project, "**/*.d.ts") : path.join(path.dirname(file), "*.d.ts");
  return {
    extends: own && existsSync(own) ? [own, BASE] : [BASE],
    compilerOptions: {
      allowImportingTsExtensions: true,
      composite: false,
      incremental: false,
      noEmit: false,
      noEmitOnError: true,
      declaration: true,
      declarationMap: false,
      emitDeclarationOnly: true,
      outDir: path.join(folder, "out"),
      rootDir: path.parse(folder).root,
      // Ours are these, wherever this package is.
      types: [],
      paths: { "usher-workflow": [INDEX] },
    },
    files: [probe, ...TYPES],
    include: [declarations],
    exclude: ["**/node_modules/**"],
  };
}

/**
 * Runs the compiler, and returns what it complains of.
 *
 * @param {string} file
 * @param {string} config
 * @returns {Promise<string>}
 */
function compile(file, config) {
  const args = [compilerOf(file), "--project", config, "--pretty", "false"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (!error) resolve("");
      else if (stdout.trim() !== "") resolve(stdout);
      else reject(new BuildError([{ text: `the TypeScript compiler failed: ${stderr.trim() || error.message}` }]));
    });
  });
}

/**
 * The compiler of the author's project, or the one beside this package.
 *
 * @param {string} file
 */
function compilerOf(file) {
  for (const from of [file, import.meta.url]) {
    try {
      const manifest = createRequire(from).resolve("typescript/package.json");
      return path.join(path.dirname(manifest), "bin/tsc");
    } catch {
      // The next place may have it.
    }
  }
  throw new BuildError([{ text: "there is no TypeScript compiler; add one: `npm install --save-dev typescript`" }]);
}

/**
 * @param {string} said
 * @param {string} file
 * @param {string} probe
 */
async function problemsOf(said, file, probe) {
  /** @type {import("./error.js").Problem[]} */
  const problems = [];
  for (const line of said.split(/\r?\n/)) {
    const found = /^(.+?)\((\d+),(\d+)\): error (TS\d+: .*)$/.exec(line);
    const last = problems.at(-1);
    if (found) {
      const [, name = "", row, column, text = ""] = found;
      problems.push({ text, file: path.resolve(name), line: Number(row), column: Number(column) });
    } else if (/^\s/.test(line) && last) {
      last.text += `\n${line}`;
    } else if (line.trim() !== "") {
      problems.push({ text: line });
    }
  }
  const others = problems.filter((problem) => problem.file !== probe);
  return others.length > 0 ? Promise.all(others.map(explained)) : [await exportProblem(problems, file)];
}

/**
 * A problem with what to do about it, where the compiler cannot know.
 *
 * @param {import("./error.js").Problem} problem
 */
async function explained(problem) {
  const [, name] = /^TS(?:2304|2552|2580|2584|2591): Cannot find name '(\w+)'/.exec(problem.text) ?? [];
  const why = name && ABSENT[name];
  if (why) return { ...problem, text: `\`${name}\` is not there: ${why}` };
  const lines = problem.file ? (await readFile(problem.file, "utf8").catch(() => "")).split("\n") : [];
  if (!WRITING.test(lines[(problem.line ?? 0) - 1] ?? "")) return problem;
  return {
    ...problem,
    text: `${problem.text}\n  A provisioning workflow only reads: nothing that changes anything is there.`,
  };
}

/**
 * What is wrong with the default export itself, where the author exports it.
 *
 * @param {import("./error.js").Problem[]} problems
 * @param {string} file
 */
async function exportProblem(problems, file) {
  const lines = (await readFile(file, "utf8")).split("\n");
  const index = lines.findIndex((line) => /\bexport\s+default\b|\bas\s+default\b/.test(line));
  const place = { file, line: index + 1 || 1 };
  if (index < 0) return { text: "there is no default export; a workflow is one: `export default workflow`", ...place };
  return { text: `the default export is no \`ProvisioningWorkflow\`: ${problems[0]?.text}`, ...place };
}

/**
 * The slugs that the probe's declarations spell out.
 *
 * @param {string} folder
 * @returns {Promise<string[] | undefined>}
 */
async function plansIn(folder) {
  const out = path.join(folder, "out");
  const written = (await readdir(out, { recursive: true })).find((name) => path.basename(name) === "probe.d.ts");
  const text = written ? await readFile(path.join(out, written), "utf8") : "";
  const members = /const plans: \{([^}]*)\}/.exec(text)?.[1] ?? "[x: string]";
  if (members.includes("[")) return undefined;
  const names = [...members.matchAll(/(?:"([^"]+)"|'([^']+)'|([\w$]+))\s*:/g)];
  return names.map((name) => name[1] ?? name[2] ?? name[3] ?? "").sort();
}

/**
 * The nearest folder, this one or above, that has a file of one of these names.
 *
 * @param {string} folder
 * @param {string[]} names
 * @returns {string | undefined}
 */
function nearest(folder, names) {
  if (names.some((name) => existsSync(path.join(folder, name)))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearest(parent, names);
}
