// isolated-vm: an isolate of V8 with a heap of its own, in this process.

import ivm from "isolated-vm";

import { JOBS, SOURCE, measure } from "./measure.js";

const PEER = "isolated-vm";
/** Mebibytes that an isolate may have which lives for one decision: as much as one of Usher's workflows. */
const MEMORY = 32;
/** For an isolate that lives on. Within 32 MiB, the garbage of many contexts stops it. */
const MEMORY_OF_MANY = 1024;
/** Milliseconds that a call may take. Many, because whoever shares the machine must not end a measurement. */
const TIMEOUT = 10_000;
/** Isolates take milliseconds to make: more time for as many samples. */
const SLOW = 2000;

const entry = (job) => `${SOURCE}\n(text) => JSON.stringify(${job}(JSON.parse(text)))`;

/** A job in a context of its own. Letting go of the context is the caller's. */
function within(context, script) {
  const job = script.runSync(context, { reference: true });
  return (text, options) => job.applySync(undefined, [text], options);
}

for (const job of JOBS) {
  const isolate = new ivm.Isolate({ memoryLimit: MEMORY_OF_MANY });
  const script = isolate.compileScriptSync(entry(job));
  const reused = within(isolate.createContextSync(), script);
  await measure({ peer: PEER, mode: "reused", job }, (text) => reused(text, { timeout: TIMEOUT }));
  await measure({ peer: PEER, mode: "reused, no time limit", job }, (text) => reused(text));
  await measure({ peer: PEER, mode: "fresh context", job, sampling: SLOW }, (text) => {
    const context = isolate.createContextSync();
    const plans = within(context, script)(text, { timeout: TIMEOUT });
    context.release();
    return plans;
  });
  isolate.dispose();
  await measure({ peer: PEER, mode: "fresh isolate", job, sampling: SLOW }, (text) => {
    const isolate = new ivm.Isolate({ memoryLimit: MEMORY });
    const plans = within(isolate.createContextSync(), isolate.compileScriptSync(entry(job)))(text, { timeout: TIMEOUT });
    isolate.dispose();
    return plans;
  });
}
