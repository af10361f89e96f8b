// What the host calls: from the contract's request to the author's function and back.
//
// Whatever an instance does happens once, in a fresh copy of the snapshot that the build took, so state needs no reset.

import "./absent.js";
import env from "usher:provisioning/env@0.1.0";
import identity from "usher:provisioning/identity@0.1.0";
import log from "usher:provisioning/log@0.1.0";
import { argsOf } from "./args.js";
import { startClock } from "./clock.js";
import { startLog } from "./console.js";
import { checkPlans } from "./plans.js";
import { seedRandom } from "./random.js";
import { refusal } from "./refusal.js";

/**
 * The export of the world `workflow-async` for an author's function. A thrown string is the contract's refusal.
 *
 * @param {import("../../types/workflow.js").ProvisioningWorkflow} workflow
 */
export const serve = (workflow) => async (/** @type {import("./wire.js").Request} */ request) => {
  startClock(request.instant);
  seedRandom(request.identity.identifier, request.instant);
  startLog(log.write);
  try {
    return checkPlans(await workflow(argsOf(request, { readEnv: env.get, identity })));
  } catch (error) {
    throw refusal(error);
  }
};
