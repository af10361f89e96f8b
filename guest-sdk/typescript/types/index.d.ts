/** Types for those who like to import them, and help with what a workflow reads. */

import "./globals.js";
import type { WorkflowContext, WorkflowHttp } from "./workflow.js";

export type {
  CustomDataOptions,
  IdentityLinkWorkflowData,
  JwtVerification,
  PlanSlug,
  ProvisioningWorkflow,
  ProvisioningWorkflowArgs,
  ReadonlyIdentityWorkflowUtils,
  ReadonlyWorkflowUtils,
  WorkflowBotCategory,
  WorkflowBotTag,
  WorkflowContext,
  WorkflowCustomerData,
  WorkflowEnv,
  WorkflowHttp,
  WorkflowIdentity,
  WorkflowResource,
  WorkflowUserIdentifier,
} from "./workflow.js";

/** What a calendar and a clock on the wall show. */
export interface CivilTime {
  /** The year, such as 2026. */
  year: number;
  /** The month, 1 to 12. */
  month: number;
  /** The day of the month, 1 to 31. */
  day: number;
  /** The hour of the day, 0 to 23. */
  hour: number;
  /** The minute of the hour, 0 to 59. */
  minute: number;
  /** The second of the minute, 0 to 59. */
  second: number;
  /** The day of the week, 1 for Monday to 7 for Sunday, as ISO 8601 counts them. */
  weekday: number;
}

/**
 * Shows an instant on the visitor's own calendar and clock; `null` when their time zone is not known.
 *
 * There is no `Intl` in a workflow: a time-zone database would be larger than everything else in it. The host works out
 * the offset at the decision's instant, daylight saving included, and this adds it.
 *
 * @param context Where the visitor is.
 * @param instant The decision's own unless another is given. The offset stays that of the decision's instant.
 * @example
 * const now = localTime(context) ?? utcTime();
 * const isLunch = now.weekday <= 5 && now.hour >= 12 && now.hour < 14;
 */
export function localTime(context: WorkflowContext, instant?: Date): CivilTime | null;

/** Shows an instant, the decision's own unless another is given, on a calendar and a clock in UTC. */
export function utcTime(instant?: Date): CivilTime;

/**
 * Names the host of the page that led here, such as `www.google.com`, in lower case and without a port; `null` when
 * there is none.
 */
export function refererHost(http: WorkflowHttp): string | null;
