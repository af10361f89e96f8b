// A host that knows what a test says.

/** @typedef {import("../runtime/wire.js").User} User */

/**
 * @param {import("../../types/testing.js").RequestFacts} facts
 * @returns {import("../runtime/args.js").Host}
 */
export function hostOf({ env = {}, customData = [], identityLinks = [] }) {
  /** @param {User} one @param {User} other */
  const same = (one, other) => one.identifier === other.identifier && one.userType === other.userType;
  return {
    readEnv: (name) => (Object.hasOwn(env, name) ? env[name] : null),
    identity: {
      readCustomData(user, key, { crossBrand }) {
        const found = customData.find(
          (kept) => same(kept, user) && kept.key === key && (kept.crossBrand ?? false) === crossBrand,
        );
        return found ? JSON.stringify(found.value) : null;
      },
      resolveJwt: () => ({ tag: "rejected", val: "a request file has no key to verify a JWT with" }),
      getLinkedSources: (user) => identityLinks.filter(({ target }) => same(target, user)),
      getLinkedTargets: (user) => identityLinks.filter(({ source }) => same(source, user)),
    },
  };
}
