// What fits the screen: small pictures on a phone, the best ones on a wall.

/** Phones spare their owners' data, unless these ask for more with a cookie. Unknown devices get what all get. */
const workflow: ProvisioningWorkflow = async ({ context, http }) => {
  switch (context.deviceClass) {
    case "mobile":
      return http.cookies["data-saver"] === "off" ? [] : ["pocket"];
    case "desktop":
    case "tv":
      return ["big-screen"];
    default:
      return [];
  }
};

export default workflow;
