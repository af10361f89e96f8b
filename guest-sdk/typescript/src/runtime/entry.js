// What the host calls: from the contract's request to the author's function and back.
//
// Whatever an instance does happens once, in a fresh copy of the snapshot that the build took, so state needs no reset,
// and what is the same for every decision is made before the snapshot.

import "./warm.js";
import "./absent.js";
import "./console.js";
import "./random.js";
import env from "usher:provisioning/env@0.1.0";
import identity from "usher:provisioning/identity@0.1.0";
import { argsOf, withoutResource } from "./args.js";
import { markRefusal, openRoom } from "./canonical.js";
import { prepareClock, startClock } from "./clock.js";
import { checkPlans } from "./plans.js";
import { refusal } from "./refusal.js";
import { hasResource, request } from "./request.js";

const args = argsOf(request, { readEnv: env.get, identity });

/**
 * The export of the world `engine` for an author's function.
 *
 * The engine expects a promise, and looks for nothing but its `then`. What it gets has one that asks the author: a
 * promise of ours around theirs would cost as much again.
 *
 * @param {import("../../types/workflow.js").ProvisioningWorkflow} workflow
 */
export const serve = (workflow) => {
  prepareClock();
  /** @type {(texts: string[]) => void} */
  let answer;
  const failed = (/** @type {unknown} */ error) => {
    const words = refusal(error);
    markRefusal();
    answer([words]);
  };
  const done = (/** @type {unknown} */ returned) => {
    try {
      checkPlans(returned);
    } catch (error) {
      return failed(error);
    }
    answer(/** @type {string[]} */ (returned));
  };
  const decision = {
    /** @param {typeof answer} onAnswer */
    then(onAnswer) {
      answer = onAnswer;
      try {
        Promise.resolve(workflow(hasResource() ? args : withoutResource(args))).then(done, failed);
      } catch (error) {
        failed(error);
      }
    },
  };
  return () => {
    openRoom();
    startClock();
    return decision;
  };
};
