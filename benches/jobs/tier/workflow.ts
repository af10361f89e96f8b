// The least that a workflow can be for: who pays, who has an account, who has neither.

/** Everybody holds exactly one of three plans. */
const workflow: ProvisioningWorkflow = async ({ identity }) => {
  if (identity.jwtClaims.premium === true) return ["premium"];
  return [identity.userType === "authenticated" ? "registered" : "anonymous"];
};

export default workflow;
