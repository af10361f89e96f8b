// `utils.identity`: the contract's look-ups as promises, and what may not be called.

import { readOnly } from "./read-only.js";

/**
 * The look-ups as the host answers them. They wait by themselves, and throw a `ReadError` of the contract.
 *
 * @typedef {object} ReadIdentity
 * @property {(user: User, key: string, options: { crossBrand: boolean }) => string | null} readCustomData
 * @property {(token: string) => import("./wire.js").Verification} resolveJwt
 * @property {(user: User) => import("./wire.js").IdentityLink[]} getLinkedSources
 * @property {(user: User) => import("./wire.js").IdentityLink[]} getLinkedTargets
 *
 * @typedef {import("./wire.js").User} User
 */

const READ_ONLY = readOnly(
  "utils.identity",
  /^(incrementCounter|(write|delete)CustomData|(create|remove)Link|setTraitGroup)$/,
);

/**
 * @param {ReadIdentity} host
 * @returns {import("../../types/workflow.js").ReadonlyIdentityWorkflowUtils}
 */
export const identityUtils = (host) =>
  Object.setPrototypeOf(
    {
      readCustomData: async (/** @type {User} */ user, /** @type {string} */ key, /** @type {any} */ options) => {
        const text = ask(host.readCustomData, userOf(user), textOf(key), { crossBrand: options?.crossBrand === true });
        return text === null ? null : JSON.parse(text);
      },
      resolveJwt: async (/** @type {string} */ token) => {
        const { tag, val } = ask(host.resolveJwt, textOf(token));
        if (tag === "rejected") return { isValid: false, reason: val };
        const { identifier, claims } = val;
        return { isValid: true, identifier, userType: "authenticated", jwtClaims: JSON.parse(claims) };
      },
      getLinkedSources: async (/** @type {User} */ user) => ask(host.getLinkedSources, userOf(user)),
      getLinkedTargets: async (/** @type {User} */ user) => ask(host.getLinkedTargets, userOf(user)),
    },
    READ_ONLY,
  );

/**
 * @param {User} user
 * @returns {User}
 */
const userOf = (user) => {
  const { identifier, userType } = user ?? {};
  if (!/^(authenticated|anonymous)$/.test(userType))
    throw new TypeError(`expected a user such as \`identity\`, found ${typeof user}`);
  return { identifier: textOf(identifier), userType };
};

/** @param {string} text */
const textOf = (text) => {
  if (typeof text !== "string") throw new TypeError(`expected a string, found ${typeof text}`);
  return text;
};

/**
 * Asks the host. Its error becomes one with words and a stack.
 *
 * @template {unknown[]} Parts
 * @template T
 * @param {(...parts: Parts) => T} question
 * @param {Parts} parts
 * @returns {T}
 */
const ask = (question, ...parts) => {
  try {
    return question(...parts);
  } catch (thrown) {
    const { payload } = /** @type {{ payload?: import("./wire.js").ReadError }} */ (thrown);
    if (payload === undefined) throw thrown;
    throw Object.assign(new Error(payload.val), { name: "ReadError", kind: payload.tag });
  }
};
