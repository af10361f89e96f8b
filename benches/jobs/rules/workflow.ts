// Eight rules, each of which looks at another part of the request and adds a plan.

const EUROPEAN_UNION =
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" ");

/** Every rule is asked, and each has a plan of its own. */
const workflow: ProvisioningWorkflow = async ({ identity, context, customerData, http }) => {
  const rules: [PlanSlug, boolean][] = [
    ["staff", (identity.jwtClaims.roles ?? []).includes("editor")],
    ["eu-privacy", EUROPEAN_UNION.includes(context.countryCode ?? "")],
    ["search-index", context.botTags.some((bot) => bot.isVerified && bot.category === "search-crawler")],
    ["evening", new Date().getUTCHours() >= 18],
    ["newsletter", (http.url?.split("?")[1] ?? "").split("&").includes("utm_source=newsletter")],
    ["pocket", context.userAgent?.includes("Mobile") ?? false],
    ["new-paywall", identity.testGroup100 < 50],
    ["archive", customerData.productIds.includes("prod_archive")],
  ];
  return rules.filter(([, holds]) => holds).map(([plan]) => plan);
};

export default workflow;
