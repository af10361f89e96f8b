// What a provisioning workflow may not call. It is there and says so, for authors whose editor did not tell them.

/**
 * Answers for the members of `utils` and `utils.identity` that are not there.
 *
 * @param {string} path What the object is called in messages.
 * @param {RegExp} writing Names of members that would change something.
 */
export const readOnly = (path, writing) =>
  new Proxy(
    {},
    { get: (_, name) => (typeof name === "string" && writing.test(name) ? refusing(`${path}.${name}`) : undefined) },
  );

/**
 * Throws whatever is called on it.
 *
 * @param {string} path
 * @returns {unknown}
 */
const refusing = (path) =>
  new Proxy(() => {}, {
    get: (_, name) => (typeof name === "symbol" || name === "then" ? undefined : refusing(`${path}.${name}`)),
    apply() {
      throw new TypeError(
        `\`${path}\` is not there: a provisioning workflow only reads, so that it can run on every request`,
      );
    },
  });
