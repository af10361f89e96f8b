// `Math.random`: numbers that look random and are a function of the decision alone. The engine's own would start from a
// seed that the build's snapshot keeps, so that every decision would draw the same.

import { expectDecision } from "./not-yet.js";
import { request } from "./request.js";
import { sfc32 } from "./sfc32.js";

/** Seeds the numbers when the first is asked for. */
let draw = /** @returns {number} */ () => {
  expectDecision("randomness");
  draw = sfc32(request.identity.identifier, request.instant);
  return draw();
};

Math.random = () => draw();
