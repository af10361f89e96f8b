// Where a reader comes from: the newsletter, a partner's campaign, or a search.

import { refererHost } from "usher-workflow";

/** A URL can be typed by anybody, so nothing here opens more than a taste of the paper. */
const workflow: ProvisioningWorkflow = async ({ http }) => {
  const { source, medium, campaign } = http.utm;
  if (source === "newsletter" && medium === "email") return ["newsletter-reader"];
  if (source === "radio-example" && campaign === "summer-2026") return ["partner-offer"];
  return isSearch(refererHost(http) ?? "") ? ["first-click"] : [];
};

/** The host itself or one below it: `google.com.evil.example` is neither. */
const isSearch = (host: string) =>
  ["google.com", "bing.com", "duckduckgo.com", "ecosia.org"].some(
    (engine) => host === engine || host.endsWith(`.${engine}`),
  );

export default workflow;
