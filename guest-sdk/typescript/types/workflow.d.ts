/**
 * What a workflow is told, and what it may answer. All of these are global names in a workflow's file, and exports of
 * `usher-workflow` for those who like to import.
 */

/**
 * Decides which plans a user holds, on every request. It is the default export of its file.
 *
 * It returns slugs of plans: at most 64 of at most 64 bytes, none for nothing. Usher unites them with what other
 * workflows return and with the plans that need none; a workflow can add a plan and never take one away. One that
 * throws costs that decision its own plans and nothing else.
 *
 * @example
 * const workflow: ProvisioningWorkflow = async ({ identity }) => {
 *   return identity.jwtClaims.tier === "gold" ? ["premium"] : [];
 * };
 * export default workflow;
 */
export type ProvisioningWorkflow = (args: ProvisioningWorkflowArgs) => Promise<PlanSlug[]>;

/**
 * The slug of a plan: any text, until the file that `usher typegen --lang ts` writes is in the project; then exactly
 * the slugs of the catalog.
 */
export type PlanSlug = UsherCatalog extends { plan: infer Plan extends string } ? Plan : string;

/** Everything that a workflow is told about one decision. */
export interface ProvisioningWorkflowArgs {
  /** Who asks. */
  identity: WorkflowIdentity;
  /** Where they ask from, and with what. */
  context: WorkflowContext;
  /** The operator's variables and secrets, by name. */
  env: WorkflowEnv;
  /** What they ask about; absent when the caller named nothing. */
  resource?: WorkflowResource;
  /** What the billing side knows about them. */
  customerData: WorkflowCustomerData;
  /** The visitor's HTTP request. Usher's own: other hosts of such workflows do not have it. */
  http: WorkflowHttp;
  /** Read-only look-ups. */
  utils: ReadonlyWorkflowUtils;
}

/** Who asks. */
export interface WorkflowIdentity {
  /** How the caller proved it: a trusted back end named them, a verified JWT did, or nothing. */
  authType: "provided" | "jwt" | "anonymous";
  /** The stable identifier of this user; never empty. */
  identifier: string;
  /** The verified claims; `{}` when there are none. */
  jwtClaims: Record<string, any>;
  /** A stable bucket of this user, 0 to 99, evenly spread over all users. */
  testGroup100: number;
  /** Whether they have an account. */
  userType: "authenticated" | "anonymous";
}

/** Where the user asks from, and with what. `null` is what could not be determined. */
export interface WorkflowContext {
  /** Every automated client that this request looks like; empty for people. */
  botTags: WorkflowBotTag[];
  /** City name, in English. */
  city: string | null;
  /** Two-letter continent code, such as `EU`. */
  continent: string | null;
  /** ISO 3166-1 alpha-2 country code, such as `DE`. */
  countryCode: string | null;
  /** Whether the country is a member of the European Union. */
  isEUCountry: boolean;
  /** Whether this is a bot whose operator was verified; `null` when nobody could tell. */
  isVerifiedBotRequest: boolean | null;
  /** Degrees north, -90 to 90. */
  latitude: number | null;
  /** Degrees east, -180 to 180. */
  longitude: number | null;
  /** Metro code of the United States. */
  metroCode: string | null;
  /** The `User-Agent` that was really sent, whatever the caller put in its place. */
  originalUserAgent: string | null;
  /** Postal code. */
  postalCode: string | null;
  /** Name of the region or state. */
  region: string | null;
  /** ISO 3166-2 code of the region, without the country. */
  regionCode: string | null;
  /** IANA time zone, such as `Europe/Berlin`. */
  timezone: string | null;
  /** The `User-Agent` that counts for this decision. */
  userAgent: string | null;
  /** The kind of device (Usher's own). */
  deviceClass: "desktop" | "mobile" | "tablet" | "tv" | "unknown";
  /** The product that `userAgent` names: `Chrome`, `Firefox Mobile`, `curl` (Usher's own). */
  product: string | null;
  /**
   * Seconds that `timezone` is ahead of UTC at the decision's instant, daylight saving included (Usher's own); `null`
   * when the time zone is not known. `localTime` of `usher-workflow` makes a calendar and a clock of it.
   */
  utcOffsetSeconds: number | null;
}

/** What an automated client is for. */
export type WorkflowBotCategory =
  | "ai-assistant"
  | "ai-crawler"
  | "search-crawler"
  | "analytics-monitor"
  | "page-previewer"
  | "marketing"
  | "seo"
  | "framework"
  | "webhook"
  | "aggregator";

/** One automated client that a request looks like. */
export interface WorkflowBotTag {
  /** What it is for; `null` when not known. */
  category: WorkflowBotCategory | null;
  /** A code for the way it was recognised. */
  code: string;
  /** False when the request only claims to be this bot. Anybody can claim: only a verified tag is worth a plan. */
  isVerified: boolean;
  /** Who runs it, such as `Google`. */
  operator: string | null;
  /** Its name, such as `Googlebot`. */
  product: string | null;
}

/** What the user asks about, such as an article: what the caller sent, whatever else that was. */
export interface WorkflowResource {
  /** The caller's identifier of it. */
  id: string;
  /** The page's meta elements: name or property, and content. */
  meta?: Record<string, string>;
  [key: string]: unknown;
}

/** What the billing side knows about the user. */
export interface WorkflowCustomerData {
  /** Whether they are known there at all. */
  isCustomer: boolean;
  /** Whether they hold at least one product. */
  hasProducts: boolean;
  /** Their identifiers there. */
  customerIdentifiers: string[];
  /** The products they hold (Usher's own). */
  productIds: string[];
}

/** The visitor's HTTP request (Usher's own). `null` is what the caller did not say. */
export interface WorkflowHttp {
  /** The full URL, query included. */
  url: string | null;
  /** The page that led here. */
  referer: string | null;
  /** The campaign that the URL's `utm_…` parameters name. */
  utm: {
    source: string | null;
    medium: string | null;
    campaign: string | null;
    term: string | null;
    content: string | null;
  };
  /** Cookies by name. */
  cookies: Record<string, string>;
  /** The visitor's IP address. */
  clientIP: string | null;
}

/** The operator's variables and secrets, by name. They belong to the release: a decision never sees one change. */
export type WorkflowEnv = Readonly<Record<string, string | undefined>>;

/** A user to look up. A `WorkflowIdentity` is one, too. */
export interface WorkflowUserIdentifier {
  /** Their identifier. */
  identifier: string;
  /** Whether they have an account. */
  userType: "authenticated" | "anonymous";
}

/** Where custom data is kept. */
export interface CustomDataOptions {
  /** True for a value that was written for all brands; otherwise this brand's own is read. */
  crossBrand?: boolean;
}

/**
 * What verifying a JWT found. One that is valid can be passed on as a user: `utils.identity.getLinkedSources(jwt)`.
 */
export type JwtVerification =
  | { isValid: true; identifier: string; userType: "authenticated"; jwtClaims: Record<string, any> }
  | { isValid: false; reason: string };

/** A link between two users, such as an anonymous reader and the account they signed up for. */
export interface IdentityLinkWorkflowData {
  /** Where data comes from. */
  source: WorkflowUserIdentifier;
  /** Where data goes. */
  target: WorkflowUserIdentifier;
  /** How data follows the link, such as `copy_once`. */
  mode: string;
}

/** Look-ups about users. A decision has 32 of them, of 20 ms each, unless the operator says otherwise. */
export interface ReadIdentityWorkflowUtils {
  /**
   * Reads one value that is kept for a user; `null` when there is none.
   *
   * @param identifier Whose.
   * @param key 1 to 999 characters.
   * @throws {Error} named `ReadError`: the question cannot be asked, or there is no answer in time.
   */
  readCustomData<T = unknown>(
    identifier: WorkflowUserIdentifier,
    key: string,
    options?: CustomDataOptions,
  ): Promise<T | null>;
  /** Verifies a JWT with the operator's keys. */
  resolveJwt(jwtToken: string): Promise<JwtVerification>;
  /** Lists the links in which this user is the target. */
  getLinkedSources(identifier: WorkflowUserIdentifier): Promise<IdentityLinkWorkflowData[]>;
  /** Lists the links in which this user is the source. */
  getLinkedTargets(identifier: WorkflowUserIdentifier): Promise<IdentityLinkWorkflowData[]>;
}

/** What other kinds of workflows may do about users, and a provisioning workflow may not. */
export interface WriteIdentityWorkflowUtils {
  incrementCounter(...args: unknown[]): Promise<void>;
  writeCustomData(...args: unknown[]): Promise<void>;
  deleteCustomData(...args: unknown[]): Promise<void>;
  createLink(...args: unknown[]): Promise<void>;
  removeLink(...args: unknown[]): Promise<void>;
  setTraitGroup(...args: unknown[]): Promise<void>;
}

/** A provisioning workflow reads: whatever would change something is `never`, and calling it does not compile. */
export type ReadonlyIdentityWorkflowUtils = {
  /** A provisioning workflow only reads: nothing that changes anything can be called. */
  [Writing in keyof WriteIdentityWorkflowUtils]?: never;
} & ReadIdentityWorkflowUtils;

/** What a provisioning workflow may call. */
export interface ReadonlyWorkflowUtils {
  /** Look-ups about users. */
  identity: ReadonlyIdentityWorkflowUtils;
  /** A provisioning workflow only reads: it fires no trigger. */
  triggers?: never;
}
