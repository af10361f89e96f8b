// Who reads along without eyes: verified bots, people, and those who pretend.

/**
 * A name is no proof: whoever only claims to be a bot gets the first lines of an article, and so does an AI bot whose operator
 * pays for nothing.
 */
const workflow: ProvisioningWorkflow = async ({ context, env }) => {
  const verified = context.botTags.filter((bot) => bot.isVerified);
  if (verified.some((bot) => bot.category === "search-crawler" || bot.category === "page-previewer"))
    return ["search-index"];

  // Names of products, with commas between them.
  const licensees = (env.AI_LICENSEES ?? "").split(",").map((name) => name.trim());
  const pays = (bot: WorkflowBotTag) => !!bot.product && licensees.includes(bot.product);
  const aiBots = verified.filter((bot) => bot.category === "ai-assistant" || bot.category === "ai-crawler");
  if (aiBots.some(pays)) return ["ai-licence"];

  for (const pretender of context.botTags.filter((bot) => !bot.isVerified)) {
    console.log(`not verified: ${pretender.product ?? "a bot without a name"}`);
  }
  return context.botTags.length > 0 ? ["excerpt"] : [];
};

export default workflow;
