// The request of the decision that runs, as `wit/types.wit` has it.

import { bool, choice, f64, list, made, option, optionalText, pair, record, s32, text, u64, u8 } from "./canonical.js";
import { firstOfEach, resourceOf } from "./pairs.js";
import { HEAD_BYTES, INSTANT } from "./room.js";

const IDENTITY = record({
  authType: choice("provided", "jwt", "anonymous"),
  userType: choice("authenticated", "anonymous"),
  identifier: text,
  jwtClaims: made(text, (claims) => JSON.parse(claims)),
  testGroup100: u8,
});

const BOT_TAG = record({
  category: option(
    choice(
      "ai-assistant",
      "ai-crawler",
      "search-crawler",
      "analytics-monitor",
      "page-previewer",
      "marketing",
      "seo",
      "framework",
      "webhook",
      "aggregator",
    ),
  ),
  code: text,
  isVerified: bool,
  operator: optionalText,
  product: optionalText,
});

const CONTEXT = record({
  botTags: list(BOT_TAG),
  city: optionalText,
  continent: optionalText,
  countryCode: optionalText,
  metroCode: optionalText,
  originalUserAgent: optionalText,
  postalCode: optionalText,
  region: optionalText,
  regionCode: optionalText,
  timezone: optionalText,
  userAgent: optionalText,
  isEUCountry: bool,
  isVerifiedBotRequest: option(bool),
  latitude: option(f64),
  longitude: option(f64),
  deviceClass: choice("desktop", "mobile", "tablet", "tv", "unknown"),
  product: optionalText,
  utcOffsetSeconds: option(s32),
});

const UTM = record({
  source: optionalText,
  medium: optionalText,
  campaign: optionalText,
  term: optionalText,
  content: optionalText,
});

const HTTP = record({
  url: optionalText,
  referer: optionalText,
  utm: UTM,
  cookies: made(list(pair(text, text)), firstOfEach),
  clientIP: optionalText,
});

const RESOURCE = record({ id: text, meta: list(pair(text, text)), extra: text });

const CUSTOMER = record({
  isCustomer: bool,
  hasProducts: bool,
  customerIdentifiers: list(text),
  productIds: list(text),
});

const REQUEST = record({
  identity: IDENTITY,
  context: CONTEXT,
  http: HTTP,
  resource: made(option(RESOURCE), (resource) => resource && resourceOf(resource)),
  customerData: CUSTOMER,
  instant: u64,
});

/** @type {import("./wire.js").Request} */
export const request = REQUEST.member("request", HEAD_BYTES).value;

// The build knows it, and nothing else of a request.
if (INSTANT !== HEAD_BYTES + REQUEST.offsets.instant) throw new Error("the instant is elsewhere");

const { read } = bool;
const RESOURCE_AT = HEAD_BYTES + REQUEST.offsets.resource;

/** Whether the caller named something that they ask about. */
export const hasResource = () => read(RESOURCE_AT);
