// What the law of the place asks for: privacy in the European Union, and a blackout of live sport where the rights were sold
// to somebody else.

/** Both plans restrict: the catalog lets the lower value win for what they set. */
const workflow: ProvisioningWorkflow = async ({ context, env }) => {
  const plans: PlanSlug[] = [];
  if (context.isEUCountry) plans.push("eu-privacy");
  // The country without live-sport rights, such as `US`, or one region of it, such as `US-TX`.
  if (env.BLOCKED_REGION !== undefined && mayBeIn(env.BLOCKED_REGION, context)) plans.push("blackout");
  return plans;
};

/** Rights are strict: whoever is in the country and hides the region counts as being in it. */
const mayBeIn = (blocked: string, { countryCode, regionCode }: WorkflowContext) => {
  const [, country, region] = /^([^-]*)-?(.*)$/s.exec(blocked) ?? [];
  return countryCode === country && (region === "" || regionCode === null || regionCode === region);
};

export default workflow;
