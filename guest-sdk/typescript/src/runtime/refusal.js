// What an author threw, in the words of a refusal: message and the author's file and line, on one line. The whole stack
// goes to the log.

import { whyAbsent } from "./absent.js";
import { positioned } from "./positions.js";
import { shown } from "./shown.js";

/**
 * @param {unknown} thrown
 * @returns {string}
 */
export const refusal = (thrown) => {
  if (!(thrown instanceof Error)) return `the workflow threw ${shown(thrown)}`;
  const message = `${thrown.name}: ${explained(thrown)}`;
  const frames = positioned(`${thrown.stack ?? ""}`).trimEnd();
  if (frames === "") return message;
  console.error(`${message}\n${frames}`);
  const place = /\(?([^\s()]+:\d+)\)?(?:\n|$)/.exec(frames)?.[1];
  return place ? `${message} (${place})` : message;
};

/** @param {Error} error */
const explained = ({ name, message }) => {
  const missing = name === "ReferenceError" ? message.replace(/'| is not defined$/g, "") : "";
  const why = whyAbsent.get(missing);
  return why ? `\`${missing}\` is not there: ${why}` : message;
};
