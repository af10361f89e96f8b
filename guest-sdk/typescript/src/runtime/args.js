// From a request to what an author's function is given.

import { envOf } from "./env.js";
import { identityUtils } from "./identity.js";
import { lazy } from "./lazy.js";
import { readOnly } from "./read-only.js";

/**
 * What a workflow can reach of its host.
 *
 * @typedef {object} Host
 * @property {(name: string) => string | null | undefined} readEnv
 * @property {import("./identity.js").ReadIdentity} identity
 *
 * @typedef {import("../../types/workflow.js").ProvisioningWorkflowArgs} Args
 */

const READ_ONLY = readOnly("utils", /^triggers$/);

/**
 * Nothing of the request is read here: a build makes this once, before there is one.
 *
 * @param {import("./wire.js").Request} request
 * @param {Host} host
 * @returns {Args}
 */
export const argsOf = (request, host) => {
  const { instant: _, ...parts } = Object.getOwnPropertyDescriptors(request);
  const utils = () => Object.setPrototypeOf({ identity: identityUtils(host.identity) }, READ_ONLY);
  return Object.defineProperties(/** @type {any} */ ({}), {
    ...parts,
    env: lazy("env", envOf, host.readEnv),
    utils: lazy("utils", utils, undefined),
  });
};

/**
 * The same without the resource: a caller who named nothing asks about nothing.
 *
 * @param {Args} args
 */
export const withoutResource = (args) => {
  const { resource: _, ...parts } = Object.getOwnPropertyDescriptors(args);
  return /** @type {Args} */ (Object.defineProperties({}, parts));
};
