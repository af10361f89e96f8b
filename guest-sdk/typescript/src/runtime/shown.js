// A value as it reads in a log.

import { positioned } from "./positions.js";

/**
 * @param {unknown} value
 * @returns {string}
 */
export const shown = (value) => {
  if (value instanceof Error) return positioned(`${value}\n${value.stack}`).trimEnd();
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    // It refers to itself, or has an integer that JSON cannot say.
    return String(value);
  }
};
