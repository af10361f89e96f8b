// `env.NAME`: the operator's variables. A name is asked for when it is used, because there is no list of them.

/**
 * @param {(name: string) => string | null | undefined} read
 * @returns {import("../../types/workflow.js").WorkflowEnv}
 */
export const envOf = (read) => {
  /** @param {object} _ @param {string | symbol} name */
  const get = (_, name) => (typeof name === "string" ? (read(name) ?? undefined) : undefined);
  return new Proxy(/** @type {any} */ (Object.freeze({})), { get, has: (_, name) => get(_, name) !== undefined });
};
