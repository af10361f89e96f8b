// What the host calls: from the contract's request to the author's function and back.
//
// Whatever an instance does happens once, in a fresh copy of the snapshot that the build took, so state needs no reset,
// and what is the same for every decision is made before the snapshot.

import "./warm.js";
import "./absent.js";
import env from "usher:provisioning/env@0.1.0";
import identity from "usher:provisioning/identity@0.1.0";
import log from "usher:provisioning/log@0.1.0";
import { argsOf, given } from "./args.js";
import { startClock } from "./clock.js";
import { startLog } from "./console.js";
import { checkPlans } from "./plans.js";
import { seedRandom } from "./random.js";
import { refusal } from "./refusal.js";
import { request, startRequest } from "./request.js";

const args = argsOf(request, { readEnv: env.get, identity });

/**
 * The export of the world `engine` for an author's function. A thrown string is the contract's refusal.
 *
 * @param {import("../../types/workflow.js").ProvisioningWorkflow} workflow
 */
export const serve = (workflow) => async (/** @type {number} */ at) => {
  startRequest(at);
  startClock(request);
  seedRandom(request);
  startLog(log.write);
  try {
    return checkPlans(await workflow(given(args, request)));
  } catch (error) {
    throw refusal(error);
  }
};
