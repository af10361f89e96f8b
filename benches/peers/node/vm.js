// node:vm: another global object in the same isolate. Node's documentation says that it is no security mechanism.

import vm from "node:vm";

import { JOBS, SOURCE, measure } from "./measure.js";

const script = new vm.Script(SOURCE);
const entries = Object.fromEntries(
  JOBS.map((job) => [job, new vm.Script(`(text) => JSON.stringify(${job}(JSON.parse(text)))`)]),
);

/** A job in a context that nobody has used before. */
function fresh(job) {
  const context = vm.createContext(Object.create(null));
  script.runInContext(context);
  return entries[job].runInContext(context);
}

for (const job of JOBS) {
  await measure({ peer: "node:vm", mode: "reused context", job }, fresh(job));
  await measure({ peer: "node:vm", mode: "fresh context", job }, (text) => fresh(job)(text));
}
