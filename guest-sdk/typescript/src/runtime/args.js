// From the contract's request to what an author's function is given.

import { envOf } from "./env.js";
import { identityUtils } from "./identity.js";
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
 * The request is this decision's own, so its parts are made fit where they are; what costs more is made when it is
 * asked for.
 *
 * @param {import("./wire.js").Request} request
 * @param {Host} host
 * @returns {Args}
 */
export const argsOf = ({ identity, context, http, resource, customer }, host) => ({
  identity: /** @type {Args["identity"]} */ (moved(identity, "claims", { jwtClaims: JSON.parse(identity.claims) })),
  context: /** @type {Args["context"]} */ (moved(context, "isEuCountry", { isEUCountry: context.isEuCountry })),
  ...(resource && { resource: { ...JSON.parse(resource.extra), id: resource.id, meta: firstOfEach(resource.meta) } }),
  customerData: customer,
  http: /** @type {Args["http"]} */ (
    moved(http, "clientIp", { clientIP: http.clientIp, cookies: firstOfEach(http.cookies) })
  ),
  get env() {
    return envOf(host.readEnv);
  },
  get utils() {
    return Object.setPrototypeOf({ identity: identityUtils(host.identity) }, READ_ONLY);
  },
});

/**
 * An object with other members in the place of one.
 *
 * @param {object} object
 * @param {string} name
 * @param {object} members
 * @returns {unknown}
 */
const moved = (object, name, members) => {
  Reflect.deleteProperty(object, name);
  return Object.assign(object, members);
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
