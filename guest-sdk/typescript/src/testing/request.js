// Fixtures: what is known of one request.

/** @typedef {import("../../types/testing.js").RequestFacts} RequestFacts */

const SECTIONS = /** @type {const} */ (["identity", "context", "http", "resource", "customerData", "env"]);
const LISTS = /** @type {const} */ (["customData", "identityLinks"]);

/**
 * @param {RequestFacts[]} facts
 * @returns {RequestFacts}
 */
export function request(...facts) {
  return facts.reduce(joined, {});
}

/**
 * @param {RequestFacts} earlier
 * @param {RequestFacts} later
 */
function joined(earlier, later) {
  /** @type {Record<string, unknown>} */
  const both = { ...earlier, ...later };
  for (const section of SECTIONS) {
    if (earlier[section] && later[section]) both[section] = { ...earlier[section], ...later[section] };
  }
  for (const list of LISTS) {
    if (earlier[list] && later[list]) both[list] = [...earlier[list], ...later[list]];
  }
  const { identity } = /** @type {RequestFacts} */ (both);
  // Claims come with a token, and nothing else.
  if (identity?.jwtClaims && !identity.authType && !identity.userType) {
    const { sub } = identity.jwtClaims;
    both.identity = {
      ...(typeof sub === "string" && { identifier: sub }),
      ...identity,
      authType: "jwt",
      userType: "authenticated",
    };
  }
  return both;
}
