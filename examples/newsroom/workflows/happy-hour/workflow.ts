// When reading costs less: over lunch on the visitor's own clock, and in Advent.

import { type CivilTime, localTime, utcTime } from "usher-workflow";

/** Lunch is where the visitor is. Whoever hides their time zone eats in UTC. */
const workflow: ProvisioningWorkflow = async ({ context }) => {
  const now = localTime(context) ?? utcTime();
  const plans: PlanSlug[] = [];
  if (isLunch(now)) plans.push("happy-hour");
  if (isAdvent(now)) plans.push("advent");
  return plans;
};

/** Monday to Friday, noon to two. */
const isLunch = ({ weekday, hour }: CivilTime) => weekday <= 5 && hour >= 12 && hour < 14;

/** The first of December 2026 to Christmas Eve, both included. */
const isAdvent = ({ year, month, day }: CivilTime) => year === 2026 && month === 12 && day <= 24;

export default workflow;
