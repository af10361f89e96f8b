// Written by `usher typegen` from the catalog; run it again instead of editing.

/** The plans and features of the catalog, for the types of `usher-workflow`. */
interface UsherCatalog {
  /**
   * The slug of a plan.
   *
   * - `visitor` (Visitor): Everybody without an account
   * - `registered` (Registered): Everybody with an account
   * - `headlines` (Headlines): What verified bots may read of every article
   * - `basic` (Basic)
   * - `premium` (Premium): Everything a reader can buy, in one
   * - `staff` (Staff)
   * - `archive-pass` (Archive pass)
   * - `video-pass` (Video pass)
   * - `eu-privacy` (Privacy in the European Union)
   * - `blackout` (Live-sport blackout)
   * - `search-index` (Search index)
   * - `ai-licence` (AI licence)
   * - `excerpt` (Excerpt)
   * - `happy-hour` (Happy hour)
   * - `advent` (Advent)
   * - `newsletter-reader` (Newsletter reader)
   * - `partner-offer` (Partner offer)
   * - `first-click` (First click)
   * - `pocket` (Pocket)
   * - `big-screen` (Big screen)
   * - `soft-paywall` (Soft paywall)
   * - `hard-paywall` (Hard paywall)
   * - `premium-trial` (Premium trial)
   */
  plan:
    | "visitor"
    | "registered"
    | "headlines"
    | "basic"
    | "premium"
    | "staff"
    | "archive-pass"
    | "video-pass"
    | "eu-privacy"
    | "blackout"
    | "search-index"
    | "ai-licence"
    | "excerpt"
    | "happy-hour"
    | "advent"
    | "newsletter-reader"
    | "partner-offer"
    | "first-click"
    | "pocket"
    | "big-screen"
    | "soft-paywall"
    | "hard-paywall"
    | "premium-trial";
  /** The features, and what their properties can be set to. */
  features: {
    /** Articles */
    article: {
      enabled: { type: "meterable" };
      ads: { type: "boolean" };
      length: { type: "string"; value: "excerpt" | "full" };
    };
    /** Paywall */
    paywall: {
      style: { type: "string"; value: "metered" | "soft" | "hard" };
    };
    /** Archive */
    archive: {
      years: { type: "number" };
    };
    /** Video */
    video: {
      enabled: { type: "meterable" };
      quality: { type: "string"; value: "sd" | "hd" | "uhd" };
    };
    /** Live sport */
    "live-sport": {
      available: { type: "boolean" };
    };
    /** Pictures */
    pictures: {
      width: { type: "number" };
    };
    /** Comments */
    comments: {
      enabled: { type: "meterable" };
    };
    /** Tracking */
    tracking: {
      personalized: { type: "boolean" };
    };
    /** Offers */
    offer: {
      discount: { type: "number" };
    };
  };
}
