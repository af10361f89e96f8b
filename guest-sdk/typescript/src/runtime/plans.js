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
  const index = returned.findIndex((slug) => typeof slug !== "string");
  if (index < 0) return returned;
  throw new TypeError(
    `the workflow returned \`${shown(returned[index]).slice(0, 40)}\` at index ${index}; expected the slug of a plan`,
  );
};
