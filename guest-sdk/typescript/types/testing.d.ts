/** The test kit: one request, one decision, natively for speed or in the production sandbox for certainty. */

import type {
  IdentityLinkWorkflowData,
  PlanSlug,
  ProvisioningWorkflow,
  WorkflowContext,
  WorkflowCustomerData,
  WorkflowHttp,
  WorkflowIdentity,
  WorkflowUserIdentifier,
} from "./workflow.js";

/**
 * What is known of one request. It is what a request file of `usher run` holds, so a fixture can be a file, too.
 * Whatever is left out is worked out as the host does it, or is unknown; nobody but an anonymous visitor asks, at
 * midnight of 2026-01-01 in UTC.
 */
export interface RequestFacts {
  identity?: Partial<WorkflowIdentity>;
  context?: Partial<Omit<WorkflowContext, "product" | "utcOffsetSeconds">>;
  http?: Partial<Pick<WorkflowHttp, "url" | "referer" | "cookies" | "clientIP">>;
  resource?: { id?: string; meta?: Record<string, string>; [key: string]: unknown };
  customerData?: Partial<WorkflowCustomerData>;
  /** The decision's instant, such as `2026-07-01T20:00:00Z`. */
  instant?: string;
  /** The operator's variables. */
  env?: Record<string, string>;
  /** What `readCustomData` finds. */
  customData?: (WorkflowUserIdentifier & { key: string; value: unknown; crossBrand?: boolean })[];
  /** What `getLinkedSources` and `getLinkedTargets` find. */
  identityLinks?: IdentityLinkWorkflowData[];
}

/** What one decision came to. */
export interface Decision {
  /** `ok`, or the kind of failure: `refused`, `trapped`, `out-of-fuel`, `deadline`, `memory`, `bad-output`. */
  outcome: string;
  /** The slugs it returned, in its own order. */
  slugs: PlanSlug[];
  /** What it wrote to its log, each line with its level: `info: hello`. */
  log: string[];
  /** What went wrong; `null` when nothing did. */
  error: string | null;
  /** Units of work: the same on every machine, in production as here. Only in the sandbox. */
  fuel?: number;
  /** What was thrown. Only natively. */
  cause?: unknown;
}

/**
 * Puts together a request, later facts before earlier ones. A fixture is a plain object: write it once and add to it.
 *
 * @example
 * const gold = request({ identity: { jwtClaims: { tier: "gold" } } });
 * const goldInBerlin = request(gold, { context: { countryCode: "DE" } });
 */
export function request(...facts: RequestFacts[]): RequestFacts;

/**
 * Decides one request.
 *
 * - A path to a `.wasm` file is run in the production sandbox, by the command `usher` (or what the variable `USHER_BIN` names).
 * - A function is called as it is, and a path to a source file is loaded and called. `Date`, `Math.random` and `console` are those
 *   of production while it runs; the device and the product of a user agent are only worked out in the sandbox, and what
 *   is absent there is not absent here.
 *
 * @throws {Error} The request cannot be used, the module is refused, or there is no such command.
 * @example
 * const { slugs } = await decide("src/workflow.ts", request({ identity: { jwtClaims: { tier: "gold" } } }));
 */
export function decide(workflow: ProvisioningWorkflow | string | URL, facts?: RequestFacts): Promise<Decision>;
