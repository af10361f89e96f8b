// Both jobs of benches/jobs as plain functions, for the JavaScript engines that are compared with.

const EUROPEAN_UNION =
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" ");

function tier({ identity }) {
  if (identity.jwtClaims.premium === true) return ["premium"];
  return [identity.userType === "authenticated" ? "registered" : "anonymous"];
}

function rules({ identity, context, customerData, http, instant }) {
  const rules = [
    ["staff", (identity.jwtClaims.roles ?? []).includes("editor")],
    ["eu-privacy", EUROPEAN_UNION.includes(context.countryCode ?? "")],
    ["search-index", context.botTags.some((bot) => bot.isVerified && bot.category === "search-crawler")],
    ["evening", instant % 86400000 >= 64800000],
    ["newsletter", (http.url?.split("?")[1] ?? "").split("&").includes("utm_source=newsletter")],
    ["pocket", context.userAgent?.includes("Mobile") ?? false],
    ["new-paywall", identity.testGroup100 < 50],
    ["archive", customerData.productIds.includes("prod_archive")],
  ];
  return rules.filter(([, holds]) => holds).map(([plan]) => plan);
}
