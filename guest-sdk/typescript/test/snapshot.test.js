// What a module has made when a decision begins.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { buildFile } from "../src/build.js";
import { decide, request } from "../src/testing.js";
import { noSandbox, project } from "./kit.js";

const skip = noSandbox();

/** @param {string} code */
async function workflow(code) {
  const file = await project({ "workflow.ts": code });
  const out = file.replace(".ts", ".wasm");
  await buildFile(file, out);
  return { file, out };
}

const KEEPING = `
const symbol: unique symbol = Symbol("s");
const owned: Record<PropertyKey, unknown> = { a: 1 };
const trimmed: Record<string, number> = { a: 1, b: 2, c: 3 };
delete trimmed.b;
let text = "kept";
const list = [{ n: 1 }, { n: 2 }, { n: 3 }];
const map = new Map([["a", { n: 1 }]]);
const set = new Set(["x", "y"]);
class Held { field = 1; get twice() { return this.field * 2; } }
const held = new Held();
let deep: { er: { est: unknown } } = { er: { est: [1, 2, 3] } };
const later: { x?: unknown } = {};
const pattern = /(a)(b)/g;
const begun = (function* () { yield 1; yield "two"; yield [3]; })();
begun.next();
const count = (() => { let n = 0; return () => (n += 1); })();
const weak = new WeakRef(held);
const weakly = new WeakMap([[held, "held"]]);
const day = new Date(0);
const big = 2n ** 70n;
const bytes = new Uint8Array([1, 2, 255]);
const pending = Promise.resolve({ since: "load" });
const template = (parts: TemplateStringsArray, ...values: number[]) => parts.raw.join("|") + values.join();

export default (async () => {
  owned.b = 2;
  delete owned.a;
  for (let index = 0; index < 40; index++) owned["k" + index] = [index];
  owned[symbol] = { text };
  for (let index = 0; index < 9; index++) trimmed["t" + index] = index;
  delete trimmed.a;
  text += "-and-more";
  const longer = text + text;
  list.push({ n: 4 });
  list.length = 3;
  list.unshift({ n: 0 });
  map.delete("a");
  map.set("b", { n: 2 });
  held.field = 5;
  Object.assign(held, { more: text });
  deep.er.est = null;
  deep = { er: { est: [longer] } };
  Object.defineProperty(later, "x", { get: () => held.twice });
  Object.freeze(later);
  Object.setPrototypeOf(held, { twice: "another" });
  (Array.prototype as any).last = function () { return this[this.length - 1]; };
  (globalThis as any).made = (list as any).last();
  const { made } = globalThis as any;
  delete (Array.prototype as any).last;
  delete (globalThis as any).made;
  const thrown = (() => { try { (null as any).x; } catch (error) { return (error as Error).name; } })();
  console.log(JSON.stringify([
    [trimmed, owned, owned[symbol], Object.entries({ ...owned }).length, text, longer, list, [...map], [...set].join()],
    [held, deep, later.x, (held as any).twice, made, thrown, [..."abab".matchAll(pattern)].map((match) => match.index)],
    [begun.next(), begun.next(), count(), count(), weak.deref() === held, weakly.get(held)],
    [new Date(day.setUTCDate(2)).getTime(), big ** 2n === 2n ** 140n, bytes.map((byte) => byte + 1).join()],
    [template\`a\${1}b\`, await pending, await pending],
  ]));
  return [];
}) as ProvisioningWorkflow;
`;

test("what a module has made is changed as it is natively, and for this decision", { skip }, async () => {
  const { file, out } = await workflow(KEEPING);
  const native = await decide(file, request());
  assert.deepEqual([native.error, native.log.length], [null, 1]);
  for (const _ of ["once", "and again"]) assert.deepEqual((await decide(out, request())).log, native.log);
});

test("what is only used of it is not written", { skip }, async () => {
  const { out } = await workflow(`
const plans = ["a", "b", "c"].map((slug) => ({ slug, of: new Set([slug]) }));
export default (async () => plans.filter(({ slug, of }) => of.has(slug)).map(({ slug }) => slug)) as ProvisioningWorkflow;
`);
  const facts = path.join(path.dirname(out), "request.json");
  await writeFile(facts, "{}");
  const command = ["bench", out, "--request", facts, "--runs", "20", "--json"];
  const { touchedBytes } = JSON.parse(execFileSync(process.env.USHER_BIN ?? "usher", command, { encoding: "utf8" }));
  // Not every system counts it. It is 28 pages of 4 kB, and was 41 as long as references were counted; a few are the process'.
  assert.ok(touchedBytes === null || touchedBytes <= 34 * 4096, `${touchedBytes}`);
});
