// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, request } from "usher-workflow/testing";

const WORKFLOW = "src/workflow.ts"; // or `dist/{{name}}.wasm`, for the production sandbox

test("gold members hold premium", async () => {
  const { slugs } = await decide(WORKFLOW, request({ identity: { jwtClaims: { tier: "gold" } } }));
  assert.deepEqual(slugs, ["premium"]);
});

test("so does all of Iceland", async () => {
  const { slugs } = await decide(WORKFLOW, request({ context: { countryCode: "IS" } }));
  assert.deepEqual(slugs, ["premium"]);
});

test("nobody else does", async () => {
  const { slugs } = await decide(WORKFLOW);
  assert.deepEqual(slugs, []);
});
