// What a workflow returned, held to the contract.

import { shown } from "./shown.js";

/**
 * Returns the slugs, or throws an error that says what came instead.
 *
 * @param {unknown} returned
 * @returns {string[]}
 */
export const checkPlans = (returned) => {
  if (!Array.isArray(returned)) {
    throw new TypeError(
      `the workflow returned \`${shown(returned).slice(0, 40)}\`; expected an array of plan slugs, \`[]\` for none`,
    );
  }
  // A plain loop: the engine calls a function for as much as this takes for ten slugs.
  for (let index = 0; index < returned.length; index++) {
    if (typeof returned[index] === "string") continue;
    const found = shown(returned[index]).slice(0, 40);
    throw new TypeError(`the workflow returned \`${found}\` at index ${index}; expected the slug of a plan`);
  }
  return returned;
};
