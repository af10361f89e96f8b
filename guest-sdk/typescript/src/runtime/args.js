// From the contract's request to what an author's function is given.

import { envOf } from "./env.js";
import { identityUtils } from "./identity.js";
import { readOnly } from "./read-only.js";

/**
 * What a workflow can reach of its host.
 *
 * @typedef {import("./identity.js").ReadIdentity & { readEnv: (name: string) => string | null | undefined }} Host
 */

/**
 * @param {import("./wire.js").Request} request
 * @param {Host} host
 * @returns {import("../../types/workflow.js").ProvisioningWorkflowArgs}
 */
export const argsOf = (request, host) => {
  const { claims, ...who } = request.identity;
  const { isEuCountry, ...where } = request.context;
  const { clientIp, cookies, ...sent } = request.http;
  const resource = request.resource;
  return {
    identity: { ...who, jwtClaims: JSON.parse(claims) },
    context: { ...where, isEUCountry: isEuCountry },
    env: envOf(host.readEnv),
    ...(resource && { resource: { ...JSON.parse(resource.extra), id: resource.id, meta: firstOfEach(resource.meta) } }),
    customerData: request.customer,
    http: { ...sent, cookies: firstOfEach(cookies), clientIP: clientIp },
    utils: Object.setPrototypeOf({ identity: identityUtils(host) }, readOnly("utils", /^triggers$/)),
  };
};

/**
 * An object of pairs. Names come from visitors: none of them is more than a name, not even `__proto__`.
 *
 * @param {[string, string][]} pairs
 * @returns {Record<string, string>}
 */
const firstOfEach = (pairs) => {
  const object = Object.create(null);
  for (const [name, value] of pairs) object[name] ??= value;
  return object;
};
