// The test kit.

import path from "node:path";
import { fileURLToPath } from "node:url";

import { load } from "./testing/load.js";
import { decideNatively } from "./testing/native.js";
import { decideInSandbox } from "./testing/sandbox.js";

export { request } from "./testing/request.js";

/** @type {typeof import("../types/testing.js").decide} */
export async function decide(workflow, facts = {}) {
  if (typeof workflow === "function") return decideNatively(workflow, facts);
  const file = path.resolve(workflow instanceof URL ? fileURLToPath(workflow) : workflow);
  return file.endsWith(".wasm") ? decideInSandbox(file, facts) : decideNatively(await load(file), facts);
}
