// A trial that began elsewhere: a sister paper keeps it for all brands, and it ends here, too.

/** The trial ends at its very instant. One that was never begun is no reason to fail; one that cannot be read is. */
const workflow: ProvisioningWorkflow = async ({ identity, utils }) => {
  if (identity.userType !== "authenticated") return [];
  const kept = await utils.identity.readCustomData(identity, "trial", { crossBrand: true });
  if (kept === null) return [];
  const { plan, until } = trialOf(kept);
  if (until <= Date.now()) {
    console.debug(`the trial ended at ${new Date(until).toISOString()}`);
    return [];
  }
  return plan === "premium" ? ["premium-trial"] : [];
};

/** What the sister paper keeps about a reader's trial. */
const trialOf = (kept: unknown) => {
  const { plan, until } = kept as { plan: unknown; until: unknown };
  const instant = typeof until === "string" ? Date.parse(until) : NaN;
  if (typeof plan === "string" && instant >= 0) return { plan, until: instant };
  throw new TypeError("the trial is not of the shape that was agreed on");
};

export default workflow;
