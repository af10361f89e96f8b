// Members of objects that are found when they are looked at, once.

/**
 * A member that is found like this. It can be written, taken away and listed like any other.
 *
 * @param {string} name
 * @param {() => unknown} get
 * @returns {PropertyDescriptor}
 */
export const member = (name, get) => ({
  configurable: true,
  enumerable: true,
  get,
  /** @this {object} @param {unknown} value */
  set(value) {
    Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
  },
});

/**
 * @template From
 * @param {string} name
 * @param {(from: From) => {} | null} read
 * @param {From} from
 * @returns {PropertyDescriptor}
 */
export const lazy = (name, read, from) => {
  /** @type {{} | null | undefined} */
  let value;
  return member(name, () => {
    if (value === undefined) value = read(from);
    return value;
  });
};
