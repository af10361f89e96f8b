// The request of the decision that runs, as `wit/types.wit` has it.

import { bool, choice, f64, list, option, pair, record, s32, text as textIn, u8, u64, viewOf } from "./canonical.js";

/** What the engine has for its world's imports. They are not for authors. */
const { usherText, usherBytes } = /** @type {any} */ (globalThis);
for (const name of ["usherText", "usherBytes"]) Reflect.deleteProperty(globalThis, name);

/** @type {import("./canonical.js").Memory} */
const memory = { text: usherText, bytes: usherBytes };
const text = textIn(memory);

const IDENTITY = record({
  authType: choice("provided", "jwt", "anonymous"),
  userType: choice("authenticated", "anonymous"),
  identifier: text,
  claims: text,
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
  operator: option(text),
  product: option(text),
});

const CONTEXT = record({
  botTags: list(memory, BOT_TAG),
  city: option(text),
  continent: option(text),
  countryCode: option(text),
  metroCode: option(text),
  originalUserAgent: option(text),
  postalCode: option(text),
  region: option(text),
  regionCode: option(text),
  timezone: option(text),
  userAgent: option(text),
  isEuCountry: bool,
  isVerifiedBotRequest: option(bool),
  latitude: option(f64),
  longitude: option(f64),
  deviceClass: choice("desktop", "mobile", "tablet", "tv", "unknown"),
  product: option(text),
  utcOffsetSeconds: option(s32),
});

const UTM = record({
  source: option(text),
  medium: option(text),
  campaign: option(text),
  term: option(text),
  content: option(text),
});

const HTTP = record({
  url: option(text),
  referer: option(text),
  utm: UTM,
  cookies: list(memory, pair(text, text)),
  clientIp: option(text),
});

const RESOURCE = record({ id: text, meta: list(memory, pair(text, text)), extra: text });

const CUSTOMER = record({
  isCustomer: bool,
  hasProducts: bool,
  customerIdentifiers: list(memory, text),
  productIds: list(memory, text),
});

const REQUEST = record({
  identity: IDENTITY,
  context: CONTEXT,
  http: HTTP,
  resource: option(RESOURCE),
  customer: CUSTOMER,
  instant: u64,
});

/** @type {import("./canonical.js").Place} */
const place = {};

/**
 * Lets the request be the one at an address.
 *
 * @param {number} at
 */
export const startRequest = (at) => {
  place.view = viewOf(memory.bytes(at, REQUEST.size));
};

/** @type {import("./wire.js").Request} */
export const request = REQUEST.reader(place, 0)();
