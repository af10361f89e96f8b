// The form of what the toolchain makes. Its version is pinned, so another form is a mistake of ours.

/**
 * @template T
 * @param {T | undefined} found
 * @param {string} what
 * @returns {T}
 */
export const expected = (found, what) => found ?? unexpected(what);

/**
 * @param {string} what What was expected.
 * @returns {never}
 */
export function unexpected(what) {
  throw new Error(`componentize-qjs makes components of another form: ${what} was expected`);
}
