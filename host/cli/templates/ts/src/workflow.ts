/** Gold members hold the premium plan, and so does all of Iceland this year. */
const workflow: ProvisioningWorkflow = async ({ identity, context }) => {
  const isGold = identity.jwtClaims.tier === "gold";
  const isGuest = context.countryCode === "IS";
  return isGold || isGuest ? ["premium"] : [];
};

export default workflow;
