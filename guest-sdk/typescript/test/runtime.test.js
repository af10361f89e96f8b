// What a workflow finds at run time, in the production sandbox.

import assert from "node:assert/strict";
import { test } from "node:test";

import { buildFile } from "../src/build.js";
import { decide, request } from "../src/testing.js";
import { noSandbox, project } from "./kit.js";

const skip = noSandbox();

/** @param {string} body @param {string} [before] */
async function workflow(body, before = "") {
  const file = await project({
    "workflow.ts": `${before}
const workflow: ProvisioningWorkflow = async ({ identity, context, env, resource, customerData, http, utils }) => {
${body}
};
export default workflow;`,
  });
  const out = file.replace(".ts", ".wasm");
  await buildFile(file, out);
  return { file, out };
}

const FACTS = request({
  identity: { identifier: "ada", jwtClaims: { tier: "gold", deep: { a: [1, null] } } },
  context: {
    countryCode: "DE",
    timezone: "Europe/Berlin",
    latitude: 52.5,
    botTags: [{ category: "seo", code: "c", isVerified: false, operator: null, product: "B" }],
  },
  http: { url: "https://a.example/?utm_source=s&q=1", cookies: { b: "2", __proto__x: "1" }, clientIP: "192.0.2.1" },
  resource: { id: "r", meta: { k: "v" }, section: "politics" },
  customerData: { customerIdentifiers: ["cus_1"], productIds: ["p"] },
  instant: "2026-07-01T20:00:00.250Z",
  env: { CURRENCY: "EUR" },
  customData: [{ identifier: "ada", userType: "authenticated", key: "trial", value: { days: [7] } }],
  identityLinks: [
    {
      source: { identifier: "a", userType: "anonymous" },
      target: { identifier: "ada", userType: "authenticated" },
      mode: "copy_once",
    },
  ],
});

test("natively and in the sandbox a workflow is told the same", { skip }, async () => {
  const { file, out } = await workflow(`
  const [trial, none, sources, targets, jwt] = await Promise.all([
    utils.identity.readCustomData<{ days: number[] }>(identity, "trial"),
    utils.identity.readCustomData(identity, "trial", { crossBrand: true }),
    utils.identity.getLinkedSources(identity),
    utils.identity.getLinkedTargets({ identifier: "a", userType: "anonymous" }),
    utils.identity.resolveJwt("x.y.z"),
  ]);
  const { product, ...where } = context;
  console.log({ identity, where, resource, customerData, http });
  console.log([trial, none, sources, targets, jwt, env.CURRENCY, env.NONE ?? "none", "CURRENCY" in env]);
  console.log([new Date().toISOString(), Date.now(), Math.random(), Math.random(), new Date(2026, 0, 1).toISOString()]);
  return [identity.jwtClaims.tier];`);
  const facts = request(FACTS, { context: { deviceClass: "mobile" } });
  const [native, sandboxed] = [await decide(file, facts), await decide(out, facts)];
  assert.equal(native.outcome, "ok", String(native.error));
  assert.equal(sandboxed.outcome, "ok", String(sandboxed.error));
  const parsed = ({ log }) => log.map((line) => JSON.parse(line.replace(/^info: /, "")));
  assert.deepEqual(parsed(native), parsed(sandboxed));
  assert.deepEqual(native.slugs, ["gold"]);
  assert.deepEqual(sandboxed.slugs, ["gold"]);
  assert.equal(parsed(native)[2][0], "2026-07-01T20:00:00.250Z");
});

test("what a workflow begins and does not await comes as late as it does natively", { skip }, async () => {
  const { file, out } = await workflow(`
  const plans: string[] = [];
  const later = async () => {
    plans.push("first");
    await null;
    plans.push("second");
  };
  void later();
  return plans;`);
  for (const source of [file, out]) assert.deepEqual((await decide(source, FACTS)).slugs, ["first", "second"]);
});

test("what a build changes in an author's code spares fuel", { skip }, async () => {
  const fuelOf = async (/** @type {string} */ body) => {
    const file = await project({ "bare.ts": `export default (async () => { ${body} }) as ProvisioningWorkflow;` });
    const out = file.replace(".ts", ".wasm");
    await buildFile(file, out);
    return (await decide(out, FACTS)).fuel ?? 0;
  };
  const nothing = await fuelOf("return [];");
  assert.ok(nothing < 30_000, `${nothing}: nothing is awaited`);
  assert.ok((await fuelOf("await null; return [];")) > nothing + 10_000, "something is");
  const pairs = "const pairs = [[1, 2], [3, 4], [5, 6], [7, 8]] as [number, number][];";
  const byIndex = await fuelOf(`${pairs} pairs.map((pair) => pair[0]); return [];`);
  const apart = await fuelOf(`${pairs} pairs.map(([one]) => one); return [];`);
  assert.ok(apart < byIndex + 4 * 1_000, `${apart} and ${byIndex}: an iterator would take 2 500 for each`);
});

test("the language is there, and what a workflow needs of the web", { skip }, async () => {
  const { out } = await workflow(`
  const url = new URL("../b?x=1&x=2&y=%C3%A9#f", "https://user@a.example:8080/c/d/e");
  const copy = structuredClone({ when: new Date(0), map: new Map([[1, new Set([2])]]) });
  const bytes = new TextEncoder().encode("h\\u00e9llo \\u{1F600}");
  console.log(JSON.stringify([
    [url.href, url.host, url.searchParams.getAll("x"), url.searchParams.get("y"), URL.canParse("nope")],
    [...new URLSearchParams("a=1&b=2").entries()],
    [copy.when.toISOString(), copy.map.get(1)?.has(2)],
    [bytes.length, new TextDecoder().decode(bytes), new TextDecoder("latin1").decode(new Uint8Array([233]))],
    [atob("aGk="), btoa("hi"), [3, 1, 2].toSorted(), 2n ** 64n > 1],
    [await Promise.allSettled([Promise.reject(1), 2]).then((all) => all.map(({ status }) => status))],
    await new Promise((resolve) => queueMicrotask(() => resolve("micro"))),
  ]));
  return [];`);
  const { log, error } = await decide(out);
  assert.equal(error, null);
  assert.deepEqual(JSON.parse(log[0]?.replace("info: ", "") ?? ""), [
    ["https://user@a.example:8080/c/b?x=1&x=2&y=%C3%A9#f", "a.example:8080", ["1", "2"], "é", false],
    [
      ["a", "1"],
      ["b", "2"],
    ],
    ["1970-01-01T00:00:00.000Z", true],
    [11, "héllo 😀", "é"],
    ["hi", "aGk=", [1, 2, 3], true],
    [["rejected", "fulfilled"]],
    "micro",
  ]);
});

test("what is absent says why when it is touched", { skip }, async () => {
  const touched = [
    'any.fetch("https://a.example")',
    "any.setTimeout(() => {}, 1)",
    'any.eval("1")',
    'any.Function("return 1")',
    'new any.Function("return 1")()',
    '(() => {}).constructor("return 1")()',
    '(async () => {}).constructor("return 1")()',
    'Object.getPrototypeOf(function* () {}).constructor("yield 1")()',
    '(utils as any).identity.writeCustomData(identity, "k", 1)',
    "(utils as any).identity.incrementCounter(identity, {})",
    "(utils as any).triggers.fire('t')",
    "new Date().toLocaleString('en', { timeZone: 'Europe/Berlin' })",
    "(utils as any).identity.readCustomData(null, 'k')",
  ];
  const { out } = await workflow(`
  const any = globalThis as any;
  const touch = async (what: () => unknown) => { try { await what(); return "nothing"; } catch (error) { return String(error); } };
  console.log(JSON.stringify([${touched.map((what) => `await touch(() => ${what})`).join(", ")}]));
  console.log([typeof any.process, typeof any.window, typeof any.Intl, typeof any.WebAssembly, typeof any.performance.now()].join());
  return [];`);
  const { log } = await decide(out);
  const said = JSON.parse(log[0]?.replace("info: ", "") ?? "[]");
  const expected = [
    /^TypeError: `fetch` is not there: a workflow has no network$/,
    /^TypeError: `setTimeout` is not there: a workflow does not wait$/,
    /`eval` is not there: a workflow makes no code/,
    ...new Array(5).fill(/`Function` is not there: a workflow makes no code/),
    /^TypeError: `utils.identity.writeCustomData` is not there: a provisioning workflow only reads/,
    /^TypeError: `utils.identity.incrementCounter` is not there/,
    /^TypeError: `utils.triggers.fire` is not there/,
    /^RangeError: there are no time zones here: see `localTime`/,
    /^TypeError: expected a user such as `identity`/,
  ];
  assert.equal(said.length, expected.length);
  for (const [index, pattern] of expected.entries()) assert.match(said[index], pattern, touched[index]);
  assert.equal(log[1], "info: undefined,undefined,undefined,undefined,number");
});

test("an error has the author's file and line, and so has its stack", { skip }, async () => {
  const { out } = await workflow(
    "  return rules(identity);",
    "const rules = (who: WorkflowIdentity): string[] => {\n  throw new RangeError(`no rule for ${who.identifier}`);\n};",
  );
  const { outcome, error, log } = await decide(out);
  assert.equal(outcome, "refused");
  assert.match(error ?? "", /^the workflow refused to answer: RangeError: no rule for visitor-1 \(.*workflow\.ts:2\)$/);
  assert.match(
    log[0] ?? "",
    /^error: RangeError: no rule for visitor-1\n\s+at rules \(.*workflow\.ts:2\)\n\s+at workflow \(.*workflow\.ts:5\)$/,
  );
});

for (const [body, expected] of /** @type {[string, RegExp][]} */ ([
  ["return undefined as any;", /TypeError: the workflow returned `undefined`; expected an array of plan slugs/],
  ["return null as any;", /the workflow returned `null`; expected/],
  ['return "premium" as any;', /the workflow returned `premium`; expected/],
  ["return [1] as any;", /the workflow returned `1` at index 0; expected the slug of a plan/],
  ['return ["a", ["b"]] as any;', /the workflow returned `\["b"\]` at index 1/],
  ['return Promise.reject(new Error("no"));', /Error: no \(.*workflow\.ts:3\)/],
  ["return [10n] as any;", /the workflow returned `10` at index 0/],
  ["const round: any = {}; round.self = round; throw round;", /the workflow threw \[object Object\]/],
  ['throw "plain words";', /the workflow threw plain words/],
  ["return [(globalThis as any).nothing.at.all];", /TypeError: .*undefined/],
  ["return [Intl.NumberFormat().format(1)];", /ReferenceError: `Intl` is not there: .*`localTime`/],
])) {
  test(`refused: ${body}`, { skip }, async () => {
    const { out } = await workflow(body);
    const { outcome, error, slugs } = await decide(out);
    assert.match(error ?? "", expected);
    assert.deepEqual([outcome, slugs], ["refused", []]);
  });
}

test("duplicates are the host's to remove", { skip }, async () => {
  const { out } = await workflow('return ["a", "b", "a"];');
  assert.deepEqual((await decide(out)).slugs, ["a", "b", "a"]);
});

test("a promise that never settles ends the run, and not the host", { skip }, async () => {
  const { out } = await workflow("await new Promise(() => {}); return [];");
  for (const _ of [1, 2]) {
    const { outcome, error } = await decide(out);
    assert.equal(outcome, "refused");
    assert.match(error ?? "", /what it awaits can never be there/);
  }
});

test("an answer arrives whole, however large it is", { skip }, async () => {
  const { out } = await workflow(`
  if (env.SAY !== undefined) throw env.SAY.repeat(Number(env.TIMES));
  return Array.from({ length: Number(env.LENGTH) }, (_, index) => String(index).padEnd(Number(env.BYTES), "-"));`);
  for (const [length, bytes] of [
    [0, 1],
    [1, 0],
    [1, 64],
    [64, 64],
    [64, 1],
  ]) {
    const { outcome, slugs } = await decide(out, { env: { LENGTH: String(length), BYTES: String(bytes) } });
    const expected = Array.from({ length }, (_, index) => String(index).padEnd(bytes, "-"));
    assert.deepEqual([outcome, slugs], ["ok", expected]);
  }
  for (const [length, bytes, said] of /** @type {[number, number, RegExp][]} */ ([
    [65, 1, /65 slugs; at most 64/],
    [200, 10, /200 slugs; at most 64/],
    [1, 70_000, /70000 bytes; at most 64/],
  ])) {
    const { outcome, error } = await decide(out, { env: { LENGTH: String(length), BYTES: String(bytes) } });
    assert.equal(outcome, "bad-output");
    assert.match(error ?? "", said);
  }
  for (const times of [1, 500, 520, 20_000]) {
    const { outcome, error } = await decide(out, { env: { SAY: "no", TIMES: String(times) } });
    assert.equal(outcome, "refused");
    assert.match(error ?? "", /the workflow threw nono|the workflow threw no$/);
  }
});

test("what goes on after an answer does not change it", { skip }, async () => {
  const { out } = await workflow(`
  const deep = (depth: number): number => (depth === 0 ? 0 : 1 + deep(depth - 1));
  (async () => {
    for (let turn = 0; turn < 5; turn++) {
      await null;
      deep(50);
      console.log([..."kept"].map((letter) => letter.repeat(500)).join("").length);
    }
  })();
  return ["kept-1", "kept-2"];`);
  const { outcome, slugs, log } = await decide(out);
  assert.deepEqual([outcome, slugs, log.length], ["ok", ["kept-1", "kept-2"], 5]);
});

test("what a workflow is given can be read twice, listed, copied, written and taken away", { skip }, async () => {
  const { file, out } = await workflow(`
  const facts = [context.botTags === context.botTags, http.cookies === http.cookies, identity.jwtClaims === identity.jwtClaims];
  const keys = [identity, context, customerData, http, resource ?? {}].map((part) => Object.keys(part));
  const copies = [{ ...identity }, structuredClone(http), JSON.parse(JSON.stringify(context))];
  context.city = "Atlantis";
  Reflect.deleteProperty(http, "url");
  console.log({ facts, keys, copies, city: context.city, kept: http.url ?? null, has: "url" in http });
  return [];`);
  const told = ({ log: [line] }) => JSON.parse(line.replace(/^info: /, ""));
  const [native, sandboxed] = [told(await decide(file, FACTS)), told(await decide(out, FACTS))];
  for (const seen of [native, sandboxed]) {
    // The keys of records and of their fields are in no order that is promised.
    for (const keys of seen.keys) keys.sort();
    delete seen.copies[2].product;
  }
  assert.deepEqual(sandboxed, native);
  assert.deepEqual([sandboxed.facts, sandboxed.city, sandboxed.has], [[true, true, true], "Atlantis", false]);
});

/** Says of each text that a workflow is told how long it is, and how it begins and ends. */
const SEEN = `
  const seen = (text: string | null) => [text?.length, text?.slice(0, 12), text?.slice(-12)];
  console.log({
    identity: [seen(identity.identifier), seen(JSON.stringify(identity.jwtClaims))],
    context: [context.city, context.region, context.countryCode, context.timezone].map(seen),
    bots: env.BOTS ? context.botTags.map(({ code, product }) => [seen(code), seen(product)]) : [],
    http: [seen(http.url), seen(JSON.stringify(http.cookies)), Object.keys(http.cookies).length],
    customer: [customerData.productIds.length, seen(customerData.productIds.join())],
  });
  return [];`;

test("texts of every kind, and requests of every size, are told as they are", { skip }, async () => {
  const { file, out } = await workflow(SEEN);
  const many = (/** @type {number} */ count, /** @type {(index: number) => unknown} */ make) =>
    Array.from({ length: count }, (_, index) => make(index));
  const bot = (/** @type {number} */ index) => ({
    category: null,
    code: `c-${index}`,
    isVerified: false,
    operator: null,
    product: index % 2 ? `Bot ${index}` : null,
  });
  const cookies = Object.fromEntries(many(20, (index) => [`n${index}`, `v${index}`]));
  for (const facts of /** @type {any[]} */ ([
    { context: { city: "Zürich", region: "Île-de-France", countryCode: "CH", timezone: "Europe/Zurich" } },
    { identity: { identifier: "日本 😀", jwtClaims: { a: "é" } }, http: { cookies: { q: "\u00ff\u0100" } } },
    { context: { botTags: many(3, bot) }, customerData: { productIds: ["é", "", "p"] }, env: { BOTS: "yes" } },
    // More than there is room for: in one text, and in lists that come after a long one.
    { identity: { jwtClaims: { text: "x".repeat(20_000) } }, context: { city: "Köln" } },
    { context: { botTags: many(395, bot) }, http: { cookies }, customerData: { productIds: many(20, String) } },
  ])) {
    const whole = request(FACTS, facts);
    const [native, sandboxed] = [await decide(file, whole), await decide(out, whole)];
    assert.equal(sandboxed.error, null);
    assert.deepEqual(sandboxed.log, native.log);
  }
});

test("what a module keeps of the clock shows the decision's instant", { skip }, async () => {
  const { out } = await workflow(
    `return [early, String(now()), new Kept().toISOString(), new Own().toISOString(), new Date(5).constructor === Date ? Date() : ""];`,
    `const Kept = Date;
const { now } = Date;
class Own extends Date {}
const early = [() => Date.now(), () => new Date(), () => Date()].map((ask) => {
  try { return ask(); } catch (error) { return String(error).slice(7, 23); }
}).join();`,
  );
  const { slugs } = await decide(out, { instant: "2026-07-01T20:00:00.250Z" });
  assert.deepEqual(slugs, [
    "there is no time,there is no time,there is no time",
    "1782936000250",
    "2026-07-01T20:00:00.250Z",
    "2026-07-01T20:00:00.250Z",
    "Wed Jul 01 2026 20:00:00 GMT+0000",
  ]);
});

test("who asks about nothing has no resource", { skip }, async () => {
  const file = await project({
    "workflow.ts": `const w: ProvisioningWorkflow = async (args) => [String("resource" in args), ...Object.keys(args).sort()];
export default w;`,
  });
  const out = file.replace(".ts", ".wasm");
  await buildFile(file, out);
  const parts = ["context", "customerData", "env", "http", "identity", "utils"];
  for (const workflow of [file, out]) {
    assert.deepEqual((await decide(workflow)).slugs, ["false", ...parts]);
    assert.deepEqual((await decide(workflow, { resource: { id: "r" } })).slugs, [
      "true",
      ...[...parts, "resource"].sort(),
    ]);
  }
});

test("every decision draws its own numbers, and the same ones again", { skip }, async () => {
  const { out } = await workflow("return [String(Math.random())];");
  const draw = async (/** @type {string} */ identifier, instant = "2026-01-01T00:00:00Z") =>
    (await decide(out, { identity: { identifier }, instant })).slugs[0];
  const [ada, again, bob, later] = [
    await draw("ada"),
    await draw("ada"),
    await draw("bob"),
    await draw("ada", "2026-01-01T00:00:01Z"),
  ];
  assert.equal(ada, again);
  assert.equal(new Set([ada, bob, later]).size, 3);
});
