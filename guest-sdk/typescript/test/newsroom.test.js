// The newsroom's workflows, natively, on the cases that both languages share.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { decide } from "../src/testing.js";

const WORKFLOWS = new URL("../../../examples/newsroom/workflows/", import.meta.url);

for (const name of readdirSync(WORKFLOWS)) {
  /**
   * @type {{ title: string, request: import("../types/testing.js").RequestFacts, outcome: string, slugs: string[] }[]}
   */
  const cases = JSON.parse(readFileSync(new URL(`${name}/cases.json`, WORKFLOWS), "utf8"));
  test(name, async () => {
    for (const { title, request, outcome, slugs } of cases) {
      const decision = await decide(fileURLToPath(new URL(`${name}/workflow.ts`, WORKFLOWS)), request);
      assert.deepEqual([decision.outcome, decision.slugs], [outcome, slugs], `${title}: ${decision.error}`);
    }
  });
}
