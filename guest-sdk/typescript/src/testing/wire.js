// From what a test says to the contract's request, as the host makes it: what is not said is worked out, or unknown.

import { firstOfEach, resourceOf } from "../runtime/pairs.js";
import { testGroup100 } from "./bucket.js";

/** @typedef {import("../../types/testing.js").RequestFacts} RequestFacts */

const INSTANT = "2026-01-01T00:00:00Z";
const UTM = /** @type {const} */ (["source", "medium", "campaign", "term", "content"]);
/** The members of the European Union since 2020-02-01. */
const EUROPEAN_UNION = new Set(
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" "),
);

/**
 * @param {RequestFacts} facts
 * @returns {import("../runtime/wire.js").Request}
 */
export function wireOf(facts) {
  const instant = Date.parse(facts.instant ?? INSTANT);
  if (!(instant >= 0)) {
    throw new RangeError(
      `\`instant\`: expected an instant since 1970 such as \`2026-07-01T20:00:00Z\`, found \`${facts.instant}\``,
    );
  }
  return {
    identity: identityOf(facts.identity ?? {}),
    context: contextOf(facts.context ?? {}, instant),
    http: httpOf(facts.http ?? {}),
    resource: facts.resource ? resourceFrom(facts.resource) : null,
    customerData: facts.customerData
      ? {
          isCustomer: true,
          hasProducts: (facts.customerData.productIds ?? []).length > 0,
          customerIdentifiers: [],
          productIds: [],
          ...facts.customerData,
        }
      : { isCustomer: false, hasProducts: false, customerIdentifiers: [], productIds: [] },
    instant,
  };
}

/** @param {NonNullable<RequestFacts["identity"]>} identity */
function identityOf({ identifier = "visitor-1", jwtClaims = {}, ...identity }) {
  const authType = identity.authType ?? (identity.userType === "authenticated" ? "provided" : "anonymous");
  return {
    authType,
    userType: authType === "anonymous" ? /** @type {const} */ ("anonymous") : /** @type {const} */ ("authenticated"),
    identifier,
    jwtClaims: JSON.parse(JSON.stringify(jwtClaims)),
    testGroup100: identity.testGroup100 ?? testGroup100(identifier),
  };
}

/**
 * @param {NonNullable<RequestFacts["context"]>} context
 * @param {number} instant
 * @returns {import("../../types/workflow.js").WorkflowContext}
 */
function contextOf(context, instant) {
  const timezone = context.timezone ?? null;
  return {
    botTags: [],
    city: null,
    continent: null,
    countryCode: null,
    isEUCountry: EUROPEAN_UNION.has(context.countryCode?.toUpperCase() ?? ""),
    isVerifiedBotRequest: null,
    latitude: null,
    longitude: null,
    metroCode: null,
    originalUserAgent: context.userAgent ?? null,
    postalCode: null,
    product: null,
    region: null,
    regionCode: null,
    userAgent: null,
    deviceClass: "unknown",
    ...context,
    timezone,
    utcOffsetSeconds: timezone === null ? null : offsetOf(timezone, instant),
  };
}

/**
 * Seconds that a time zone is ahead of UTC; nothing for one that does not exist.
 *
 * @param {string} timeZone
 * @param {number} instant
 */
function offsetOf(timeZone, instant) {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(instant);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes = "0", seconds = "0"] = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/.exec(name) ?? [];
    if (sign === undefined) return 0;
    return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  } catch {
    return null;
  }
}

/**
 * @param {NonNullable<RequestFacts["http"]>} http
 * @returns {import("../../types/workflow.js").WorkflowHttp}
 */
function httpOf({ url = null, referer = null, cookies = {}, clientIP = null }) {
  const query = new URLSearchParams(/\?([^#]*)/.exec(url ?? "")?.[1]);
  const utm = Object.fromEntries(UTM.map((name) => [name, query.get(`utm_${name}`)]));
  return {
    url,
    referer,
    utm: /** @type {any} */ (utm),
    cookies: firstOfEach(Object.entries(cookies).sort()),
    clientIP,
  };
}

/** @param {NonNullable<RequestFacts["resource"]>} resource */
function resourceFrom({ id = "", meta = {}, ...extra }) {
  return resourceOf({ id, meta: Object.entries(meta).sort(), extra: JSON.stringify(extra) });
}
