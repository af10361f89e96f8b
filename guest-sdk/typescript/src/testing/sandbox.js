// A decision in the production sandbox: `usher run`, one process for each component, which answers line by line.

import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";

/**
 * @typedef {import("../../types/testing.js").Decision} Decision
 * @typedef {import("../../types/testing.js").RequestFacts} RequestFacts
 */

/** The processes that run, by file and the time of its last change. */
/** @type {Map<string, Runner>} */
const running = new Map();

/**
 * @param {string} file
 * @param {RequestFacts} facts
 * @returns {Promise<Decision>}
 */
export async function decideInSandbox(file, facts) {
  const key = `${file} ${(await stat(file)).mtimeMs}`;
  const runner = running.get(key) ?? new Runner(file);
  running.set(key, runner);
  const answer = await runner.ask(facts).catch((error) => {
    running.delete(key);
    throw error;
  });
  if (answer.outcome === "bad-request") throw new Error(`the request cannot be used: ${answer.error}`);
  return answer;
}

/** One component, loaded in one process. */
class Runner {
  /** @type {{ resolve: (decision: Decision) => void, reject: (error: Error) => void }[]} */
  #waiting = [];
  #said = "";
  #process;

  /** @param {string} file */
  constructor(file) {
    const command = process.env.USHER_BIN ?? "usher";
    this.#process = spawn(command, ["run", file, "--request", "-", "--json"], { stdio: ["pipe", "pipe", "pipe"] });
    this.#process.on("error", (error) => {
      this.#fail(
        `the command \`${command}\` cannot be run (${error.message}); install \`usher\`, or name it in USHER_BIN`,
      );
    });
    this.#process.stderr.on("data", (bytes) => {
      this.#said += bytes;
    });
    this.#process.stdin.on("error", () => {
      // The process ended, which says more by itself.
    });
    this.#process.on("close", () => this.#fail(`${file}: ${this.#said.trim() || "`usher run` ended"}`));
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line));
      this.#rest();
    });
    this.#rest();
  }

  /**
   * @param {RequestFacts} facts
   * @returns {Promise<Decision>}
   */
  ask(facts) {
    this.#process.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(facts)}\n`);
    });
  }

  /** Lets the tests end while the process waits for more. */
  #rest() {
    if (this.#waiting.length > 0) return;
    for (const part of [this.#process, this.#process.stdin, this.#process.stdout, this.#process.stderr]) {
      /** @type {{ unref?: () => void }} */ (part).unref?.();
    }
  }

  /** @param {string} reason */
  #fail(reason) {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
  }
}
