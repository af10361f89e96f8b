// `Math.random`: numbers that look random and are a function of the decision alone. The engine's own would start from a
// seed that the build's snapshot keeps, so that every decision would draw the same.

import { notYet } from "./not-yet.js";
import { sfc32 } from "./sfc32.js";

/** @type {() => number} */
let draw = notYet("randomness");

Math.random = () => draw();

/**
 * Seeds the numbers of one decision, when the first is asked for.
 *
 * @param {import("./wire.js").Request} request
 */
export const seedRandom = (request) => {
  draw = () => {
    draw = sfc32(request.identity.identifier, request.instant);
    return draw();
  };
};
