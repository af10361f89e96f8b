// What a member holds, as the accounts service says in their token.

/** Members hold their tier, staff hold everything, and passes can be bought one by one. */
const workflow: ProvisioningWorkflow = async ({ identity }) => {
  const { tier, roles, entitlements } = memberOf(identity.jwtClaims);
  const rules: [PlanSlug, boolean][] = [
    ["basic", tier === "basic"],
    ["premium", tier === "premium"],
    ["staff", roles.some((role) => role === "editor" || role === "reporter")],
    ["archive-pass", entitlements.includes("archive")],
    ["video-pass", entitlements.includes("video")],
  ];
  return rules.filter(([, holds]) => holds).map(([plan]) => plan);
};

/** What the accounts service puts into its tokens. Visitors without one have none of it; claims of another shape are refused. */
const memberOf = ({ tier = "", roles = [], entitlements = [] }: Record<string, unknown>) => {
  if (typeof tier !== "string") throw new TypeError("the claim `tier` is no text");
  return { tier, roles: textsOf("roles", roles), entitlements: textsOf("entitlements", entitlements) };
};

const textsOf = (claim: string, texts: unknown): string[] => {
  if (Array.isArray(texts) && texts.every((text) => typeof text === "string")) return texts;
  throw new TypeError(`the claim \`${claim}\` is no list of texts`);
};

export default workflow;
