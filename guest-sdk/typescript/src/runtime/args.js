// From the contract's request to what an author's function is given.

import { envOf } from "./env.js";
import { identityUtils } from "./identity.js";
import { withLazy, without } from "./lazy.js";
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
  const { identity, context, customer, http } = request;
  const args = {
    identity: withLazy(without(identity, "claims"), { jwtClaims: () => JSON.parse(identity.claims) }),
    context: withLazy(without(context, "isEuCountry"), { isEUCountry: () => context.isEuCountry }),
    customerData: customer,
    http: withLazy(without(without(http, "clientIp"), "cookies"), {
      clientIP: () => http.clientIp,
      cookies: () => firstOfEach(http.cookies),
    }),
  };
  return /** @type {any} */ (
    withLazy(args, {
      resource: () => request.resource && resourceOf(request.resource),
      env: () => envOf(host.readEnv),
      utils: () => Object.setPrototypeOf({ identity: identityUtils(host.identity) }, READ_ONLY),
    })
  );
};

/**
 * What a function is given of them, now that there is a request: a caller who named nothing asks about nothing.
 *
 * @param {Args} args
 * @param {import("./wire.js").Request} request
 */
export const given = (args, { resource }) => {
  if (resource === null) Reflect.deleteProperty(args, "resource");
  return args;
};

/** @param {NonNullable<import("./wire.js").Request["resource"]>} resource */
const resourceOf = ({ id, meta, extra }) => ({ ...JSON.parse(extra), id, meta: firstOfEach(meta) });

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
