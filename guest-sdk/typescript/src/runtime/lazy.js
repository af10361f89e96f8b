// Members of objects that are found when they are looked at, once.

/**
 * Adds such members. They can be written, taken away and listed like any other.
 *
 * @template {object} T
 * @template {Record<string, unknown>} Members
 * @param {T} object
 * @param {{ [Name in keyof Members]: () => Members[Name] }} readers
 * @returns {T & Members}
 */
export const withLazy = (object, readers) => {
  for (const [name, read] of Object.entries(readers)) Object.defineProperty(object, name, once(read));
  return /** @type {T & Members} */ (object);
};

/**
 * An object with another's members but for one, each found where it was found there.
 *
 * @param {object} object
 * @param {string} name
 */
export const without = (object, name) => {
  const { [name]: _, ...members } = Object.getOwnPropertyDescriptors(object);
  return Object.defineProperties({}, members);
};

/**
 * @param {() => unknown} read
 * @returns {PropertyDescriptor}
 */
const once = (read) => {
  /** @type {unknown} */
  let value;
  let isKnown = false;
  return {
    configurable: true,
    enumerable: true,
    get() {
      if (isKnown) return value;
      value = read();
      isKnown = true;
      return value;
    },
    set(written) {
      value = written;
      isKnown = true;
    },
  };
};
