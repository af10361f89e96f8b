// A decision without a sandbox: the author's function, called with what the component would give it.

import { argsOf, withoutResource } from "../runtime/args.js";
import { checkPlans } from "../runtime/plans.js";
import { sfc32 } from "../runtime/sfc32.js";
import { shown } from "../runtime/shown.js";
import { hostOf } from "./host.js";
import { wireOf } from "./wire.js";

/**
 * @typedef {import("../../types/testing.js").Decision} Decision
 * @typedef {import("../../types/testing.js").RequestFacts} RequestFacts
 */

/** The decision before this one: clock, numbers and console are the process's, so one runs after the other. */
/** @type {Promise<unknown>} */
let before = Promise.resolve();

/**
 * @param {import("../../types/workflow.js").ProvisioningWorkflow} workflow
 * @param {RequestFacts} facts
 * @returns {Promise<Decision>}
 */
export function decideNatively(workflow, facts) {
  const decision = before.then(() => run(workflow, facts));
  before = decision.catch(() => {});
  return decision;
}

/**
 * @param {import("../../types/workflow.js").ProvisioningWorkflow} workflow
 * @param {RequestFacts} facts
 * @returns {Promise<Decision>}
 */
async function run(workflow, facts) {
  const wire = wireOf(facts);
  /** @type {string[]} */
  const log = [];
  const restore = surround(wire, log);
  try {
    const args = argsOf(wire, hostOf(facts));
    const slugs = checkPlans(await workflow(wire.resource ? args : withoutResource(args)));
    return { outcome: "ok", slugs: /** @type {Decision["slugs"]} */ (slugs), log, error: null };
  } catch (cause) {
    const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : `the workflow threw ${shown(cause)}`;
    return { outcome: "refused", slugs: [], log, error: `the workflow refused to answer: ${words}`, cause };
  } finally {
    restore();
  }
}

/**
 * Lets clock, numbers and console be those of the decision, until what is returned is called.
 *
 * @param {import("../runtime/wire.js").Request} wire
 * @param {string[]} log
 */
function surround(wire, log) {
  const { Date: RealDate, console: realConsole } = globalThis;
  const { random } = Math;
  class FrozenDate extends RealDate {
    /** @param {any[]} parts */
    constructor(...parts) {
      // @ts-expect-error: as many parts as there are
      super(...(parts.length === 0 ? [wire.instant] : parts));
    }
    static now() {
      return wire.instant;
    }
  }
  const writer =
    (/** @type {string} */ level) =>
    (/** @type {unknown[]} */ ...values) => {
      log.push(`${level}: ${values.map(shown).join(" ")}`);
    };
  globalThis.Date = /** @type {DateConstructor} */ (FrozenDate);
  Math.random = sfc32(wire.identity.identifier, wire.instant);
  const [debug, info, warn, error] = ["debug", "info", "warn", "error"].map(writer);
  globalThis.console = /** @type {any} */ ({ ...realConsole, debug, log: info, info, warn, error });
  return () => {
    globalThis.Date = RealDate;
    Math.random = random;
    globalThis.console = realConsole;
  };
}
