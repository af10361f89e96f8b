// What every peer in Node is measured with: the same requests, the same check and the same lines as benches/peers/measure.

import { readFileSync } from "node:fs";

/** Milliseconds before samples are taken. Longer than for Rust: V8 compiles while it goes. */
const WARM_UP = 133;
/** Milliseconds while samples are taken. */
const SAMPLING = 400;

export const JOBS = ["tier", "rules"];

const CASES = JSON.parse(readFileSync(new URL("../../jobs/requests.json", import.meta.url), "utf8"));

/** The source of both jobs. */
export const SOURCE = readFileSync(new URL("../jobs.js", import.meta.url), "utf8");

/**
 * Measures decisions, and prints what they cost. A decision starts from the object that a host in Node holds, and ends with
 * an array: what passes between isolates is JSON text, and writing and reading it belongs to the decision.
 *
 * @param {{ peer: string, mode: string, job: string, sampling?: number }} of
 * @param {(request: string) => string | Promise<string>} decide From JSON text to JSON text.
 */
export async function measure({ peer, mode, job, sampling = SAMPLING }, decide) {
  for (const { title, request, ...plans } of CASES) {
    const found = JSON.parse(await decide(JSON.stringify(request)));
    if (String(found) !== String(plans[job])) throw new Error(`${peer} ${mode}, ${job}: ${title}: found ${found}`);
  }
  await time({ peer, mode, job, sampling }, decide);
}

/** The same without a check, for what decides nothing. */
export async function time({ peer, mode, job, sampling = SAMPLING }, decide) {
  // Awaiting what is there already would cost a turn of the loop, which belongs to no peer.
  const isAsync = decide(JSON.stringify(CASES[0].request)) instanceof Promise;
  const take = isAsync ? takeAsync : takeSync;
  await take(WARM_UP, decide);
  print({ peer, mode, job }, await take(sampling, decide));
}

function takeSync(milliseconds, decide) {
  const samples = [];
  const ends = performance.now() + milliseconds;
  for (let turn = 0; performance.now() < ends; turn++) {
    const { request } = CASES[turn % CASES.length];
    const began = process.hrtime.bigint();
    JSON.parse(decide(JSON.stringify(request)));
    samples.push(Number(process.hrtime.bigint() - began) / 1e3);
  }
  return samples;
}

async function takeAsync(milliseconds, decide) {
  const samples = [];
  const ends = performance.now() + milliseconds;
  for (let turn = 0; performance.now() < ends; turn++) {
    const { request } = CASES[turn % CASES.length];
    const began = process.hrtime.bigint();
    JSON.parse(await decide(JSON.stringify(request)));
    samples.push(Number(process.hrtime.bigint() - began) / 1e3);
  }
  return samples;
}

function print(of, samples) {
  samples.sort((one, other) => one - other);
  const percentile = (percent) => samples[Math.min(Math.floor((samples.length * percent) / 100), samples.length - 1)];
  console.log(JSON.stringify({ ...of, p50: percentile(50), p99: percentile(99), samples: samples.length }));
}
