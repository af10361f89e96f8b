// From an author's file to a component, or to words that say what is wrong and where.

import assert from "node:assert/strict";
import { readFile, readdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { build } from "../src/build.js";
import { assembled } from "../src/build/component/assemble.js";
import { KIND, importsOf } from "../src/build/wasm/core-module.js";
import { COMPONENT, sectionsOf } from "../src/build/wasm/bytes.js";
import { MARK } from "../src/runtime/arenas.js";
import { cli, project, watching } from "./kit.js";

/** As a product's reference shows one: nothing is imported, nothing is added. */
const VERBATIM = `const workflow: ProvisioningWorkflow = async ({ identity, utils }) => {
  const plans: string[] = [];

  if (identity.jwtClaims?.subscription === "premium") {
    plans.push("premium");
  }

  const trial = await utils.identity.readCustomData<{ until: string }>(identity, "trial");
  if (trial && new Date(trial.until) > new Date()) {
    plans.push("trial");
  }

  return plans;
};

export default workflow;
`;
const CATALOG = 'interface UsherCatalog { plan: "premium" | "trial" | "3-day"; features: {} }';

/** @param {Uint8Array} component */
const text = (component) => Buffer.from(component).toString("latin1");
/** @param {Uint8Array} component */
const manifest = (component) => JSON.parse(/usher:manifest(\{.*\})$/.exec(text(component))?.[1] ?? "null");

test("a verbatim workflow builds as it is, and says what it is", async () => {
  const { component, plans, files } = await build(await project({ "workflow.ts": VERBATIM }));
  assert.equal(plans, undefined);
  assert.deepEqual(manifest(component), {
    contract: "0.1.0",
    sdk: { name: "usher-workflow", version: "0.1.0" },
    workflow: "workflow",
    keepsTexts: true,
  });
  assert.ok(files.some((file) => file.endsWith("workflow.ts")));
  assert.ok(!text(component).includes(MARK.repeat(2)), "the engine has its arenas in the place of the text");
});

test("a hello workflow has at most 1.6 MB, and no polyfill that it does not use", async () => {
  const hello = await build(await project({ "hello.ts": "export default (async () => []) as ProvisioningWorkflow;" }));
  assert.ok(hello.component.length <= 1_600_000, `${hello.component.length}`);
  const url = await build(
    await project({
      "url.ts": 'export default (async () => [new URL("https://a.example/").host]) as ProvisioningWorkflow;',
    }),
  );
  assert.ok(url.component.length > hello.component.length + 100_000);
});

test("a component is a module and its wiring, and asks for the contract alone", async () => {
  const { component } = await build(await project({ "hello.ts": VERBATIM }));
  const sections = sectionsOf(component);
  assert.deepEqual(
    sections.filter(({ id }) => id === COMPONENT.component),
    [],
  );
  const [workflow, wiring, ...others] = sections.filter(({ id }) => id === COMPONENT.module).map(({ body }) => body);
  assert.ok(workflow && wiring && others.length === 0);
  assert.deepEqual(importsOf(workflow), []);
  const asked = importsOf(wiring).filter(({ kind }) => kind === KIND.func);
  assert.equal(asked.length, 6);
  assert.ok(asked.every(({ name }) => name.startsWith("usher:provisioning/")));
  assert.doesNotMatch(text(component), /wasi:/);
});

test("what the toolchain makes in another form is refused, and not shipped", () => {
  const empty = Buffer.from([0, 97, 115, 109, 13, 0, 1, 0]);
  assert.throws(() => assembled(empty), /componentize-qjs makes components of another form: .* was expected/);
});

test("slugs are those of the catalog as soon as its file is in the project", async () => {
  const source = (/** @type {string} */ body) => ({
    "src/workflow.ts": body,
    "package.json": "{}",
    "usher-catalog.d.ts": CATALOG,
  });
  const held = await build(
    await project(source('const w: ProvisioningWorkflow = async () => ["trial"];\nexport default w;')),
  );
  assert.deepEqual(held.plans, ["3-day", "premium", "trial"]);
  const precise = await build(
    await project(source('export default (async () => ["trial" as const]) satisfies ProvisioningWorkflow;')),
  );
  assert.deepEqual(precise.plans, ["trial"]);
  assert.deepEqual(manifest(precise.component).plans, ["trial"]);
  const misspelt = project(source('const w: ProvisioningWorkflow = async () => ["premum"];\nexport default w;'));
  await assert.rejects(build(await misspelt), /workflow\.ts:1:\d+: TS\d+: [\s\S]*"premum"/);
});

const WORKFLOW = "const w: ProvisioningWorkflow = async ({ identity, utils }) =>";

for (const [what, source, expected] of /** @type {[string, string, RegExp][]} */ ([
  ["a syntax error", "export default async () => { return [ ; };", /workflow\.ts:1:\d+: Unexpected ";"/],
  [
    "a type error",
    `${WORKFLOW} { const n: number = "x"; return []; };\nexport default w;`,
    /workflow\.ts:1:\d+: TS2322: /,
  ],
  [
    "no default export",
    "\nexport const workflow = 1;",
    /workflow\.ts:1(:\d+)?: there is no default export; .*export default workflow/,
  ],
  [
    "a default export that is no function",
    "\nexport default 5;",
    /workflow\.ts:2: the default export is no `ProvisioningWorkflow`: /,
  ],
  [
    "an answer that is none",
    "export default async () => undefined;",
    /workflow\.ts:1: the default export is no [\s\S]*undefined/,
  ],
  ["an answer of numbers", `${WORKFLOW} [1];\nexport default w;`, /workflow\.ts:1:\d+: TS2322: .*number/],
  ["an answer of lists", `${WORKFLOW} [["a"]];\nexport default w;`, /workflow\.ts:1:\d+: TS2322: /],
  [
    "a part of Node",
    'import fs from "node:fs";\nexport default async () => [fs.sep];',
    /workflow\.ts:1:\d+: `node:fs` is a part of Node/,
  ],
  [
    "a part of Node by its old name",
    'import os from "os";\nexport default async () => [os.EOL];',
    /workflow\.ts:1:\d+: `os` is a part of Node/,
  ],
  [
    "native code",
    'import "./x.node";\nexport default async () => [];',
    /workflow\.ts:1:\d+: `\.\/x\.node` is native code/,
  ],
  [
    "a package that is not there",
    'import x from "nowhere";\nexport default async () => [x];',
    /workflow\.ts:1:\d+: Could not resolve "nowhere"/,
  ],
  [
    "custom data to be written",
    `${WORKFLOW} {\n  await utils.identity.writeCustomData(identity, "k", 1);\n  return [];\n};\nexport default w;`,
    /workflow\.ts:2:\d+: TS2722[\s\S]*only reads/,
  ],
  [
    "a counter to be counted",
    `${WORKFLOW} {\n  await utils.identity.incrementCounter(identity, { counterId: "c" });\n  return [];\n};\nexport default w;`,
    /workflow\.ts:2:\d+: TS2722[\s\S]*only reads/,
  ],
  [
    "a trigger to be fired",
    `${WORKFLOW} {\n  utils.triggers.fire("x");\n  return [];\n};\nexport default w;`,
    /workflow\.ts:2:\d+: TS\d+[\s\S]*only reads/,
  ],
  [
    "the network",
    `${WORKFLOW} {\n  await fetch("https://a.example");\n  return [];\n};\nexport default w;`,
    /workflow\.ts:2:\d+: `fetch` is not there: a workflow has no network/,
  ],
  [
    "a timer",
    `${WORKFLOW} {\n  setTimeout(() => {}, 1);\n  return [];\n};\nexport default w;`,
    /workflow\.ts:2:\d+: `setTimeout` is not there: a workflow does not wait/,
  ],
  [
    "a process",
    `${WORKFLOW} [process.env.X];\nexport default w;`,
    /workflow\.ts:1:\d+: `process` is not there: .*`env`/,
  ],
  [
    "time while it loads",
    "const t = Date.now();\nexport default async () => [`${t}`];",
    /there is no time while the module loads.*\n.*workflow\.ts:1/,
  ],
  [
    "randomness while it loads",
    "const r = Math.random();\nexport default async () => [`${r}`];",
    /there is no randomness while the module loads/,
  ],
  [
    "a load that throws",
    '\nthrow new Error("no rules");\nexport default async () => [];',
    /does not load: Error: no rules\n.*workflow\.ts:2/,
  ],
])) {
  test(`${what} is refused with file and line`, async () => {
    const file = await project({ "workflow.ts": source });
    const { code, stderr, stdout } = await cli(["build", "workflow.ts"], path.dirname(file));
    assert.match(stderr, expected);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.deepEqual(await readdir(path.dirname(file)), ["workflow.ts"], "nothing is left behind");
  });
}

test("packages of pure JavaScript are bundled, old and new ones", async () => {
  const file = await project({
    "src/workflow.ts":
      'import old from "old";\nimport { slug } from "new";\nexport default (async () => [old(), slug]) as ProvisioningWorkflow;',
    "package.json": "{}",
    "node_modules/old/package.json": '{ "name": "old", "main": "index.js" }',
    "node_modules/old/index.js": "module.exports = () => typeof process + typeof window;",
    "node_modules/old/index.d.ts": "declare function old(): string; export = old;",
    "node_modules/new/package.json":
      '{ "name": "new", "type": "module", "exports": "./index.js", "types": "./index.d.ts" }',
    "node_modules/new/index.js": 'export const slug = "new";',
    "node_modules/new/index.d.ts": "export const slug: string;",
  });
  const { component } = await build(file);
  assert.ok(component.length > 1_000_000);
});

test("one line says what was built, and the file is there", async () => {
  const file = await project({ "a.ts": "export default (async () => []) satisfies ProvisioningWorkflow;" });
  const folder = path.dirname(file);
  const { code, stdout } = await cli(["build", "a.ts", "-o", "out/b.wasm"], folder);
  assert.match(stdout, /^out\/b\.wasm: 1\d{3} kB, returns no plan \(\d+\.\d s\)\n$/);
  assert.equal(code, 0);
  assert.deepEqual([...(await readFile(path.join(folder, "out/b.wasm"))).subarray(0, 4)], [0, 97, 115, 109]);
});

test("a watched workflow is built again when a file of it changes, through errors, until it is ended", async () => {
  const file = await project({
    "workflow.ts":
      'import { plan } from "./plan.js";\nexport default (async () => [plan]) satisfies ProvisioningWorkflow;',
    "plan.ts": 'export const plan = "a" as const;',
  });
  const plan = path.join(path.dirname(file), "plan.ts");
  const child = watching("workflow.ts", path.dirname(file));
  try {
    assert.match(await child.line(), /returns a \(/);
    await writeFile(plan, 'export const plan = "b" as');
    assert.match(await child.line(), /^plan\.ts:1:\d+: /);
    await writeFile(`${plan}.new`, 'export const plan = "c" as const;');
    await rename(`${plan}.new`, plan);
    assert.match(await child.line(), /returns c \(/);
  } finally {
    child.end();
  }
});

for (const [args, expected] of /** @type {[string[], RegExp][]} */ ([
  [[], /expected the command `build`, found nothing/],
  [["bild", "a.ts"], /expected the command `build`, found `bild`/],
  [["build"], /expected one file/],
  [["build", "a.ts", "b.ts"], /expected one file/],
  [["build", "a.ts", "--fast"], /'--fast'/],
])) {
  test(`usage: ${args.join(" ") || "nothing"}`, async () => {
    const { code, stderr } = await cli(args, ".");
    assert.match(stderr, expected);
    assert.equal(code, 2);
  });
}

test("a file that is not there is said to be missing", async () => {
  const { code, stderr } = await cli(["build", "none.ts"], ".");
  assert.match(stderr, /none\.ts: there is no such file/);
  assert.equal(code, 1);
});
