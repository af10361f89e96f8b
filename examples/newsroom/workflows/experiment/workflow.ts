// Which paywall works better: a soft one, a hard one, or the one we have.

/**
 * Ten visitors of a hundred see each new paywall, the others the old one. A visitor stays in their group, and whoever has an
 * account takes no part.
 */
const workflow: ProvisioningWorkflow = async ({ identity, context }) => {
  if (identity.userType === "authenticated" || context.botTags.length > 0) return [];
  if (identity.testGroup100 < 10) return ["soft-paywall"];
  return identity.testGroup100 < 20 ? ["hard-paywall"] : [];
};

export default workflow;
