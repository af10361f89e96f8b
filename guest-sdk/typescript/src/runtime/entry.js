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

/** What the engine has for its world. It is not for authors. */
const { __cqjs: engine, usherAnswer: answer } = /** @type {any} */ (globalThis);
Reflect.deleteProperty(globalThis, "usherAnswer");

const args = argsOf(request, { readEnv: env.get, identity });
const argsWithoutResource = withoutResource(args);
const { isArray } = Array;
const { queueMicrotask } = globalThis;

/** @param {unknown} error */
const failed = (error) => {
  const words = refusal(error);
  markRefusal();
  answer([words]);
};

/** @param {unknown} returned */
const done = (returned) => {
  try {
    checkPlans(returned);
  } catch (error) {
    return failed(error);
  }
  answer(returned);
};

/** @type {unknown} */
let plans;
const doneWithPlans = () => done(plans);

/**
 * Has the engine ask an author's function.
 *
 * It would wrap a function of the module in promises of its own to find out when that is done. What it calls is what is
 * under the name of an export in `asyncExports`, and then everything that waits.
 *
 * @param {import("../../types/workflow.js").ProvisioningWorkflow} workflow
 */
export const serve = (workflow) => {
  prepareClock();
  engine.asyncExports.run = () => {
    openRoom();
    startClock();
    try {
      const returned = /** @type {unknown} */ (workflow(hasResource() ? args : argsWithoutResource));
      if (isArray(returned)) {
        // What the author has begun and not awaited may add to them, as it may to those of a promise.
        plans = returned;
        queueMicrotask(doneWithPlans);
      } else {
        Promise.resolve(returned).then(done, failed);
      }
    } catch (error) {
      failed(error);
    }
  };
};
