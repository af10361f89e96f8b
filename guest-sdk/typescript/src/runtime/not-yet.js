// What belongs to a decision, and is not there while the module loads: that happens once, when it is built.

/** @param {string} what */
export const notYet = (what) => () => {
  throw new Error(`there is no ${what} while the module loads: ask for it inside of the workflow`);
};
