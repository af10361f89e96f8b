// What belongs to a decision, and is not there while the module loads: that happens once, when it is built.

import { isOpen } from "./canonical.js";

/**
 * Throws while the module loads.
 *
 * @param {string} what
 */
export const expectDecision = (what) => {
  if (!isOpen()) throw new Error(`there is no ${what} while the module loads: ask for it inside of the workflow`);
};
