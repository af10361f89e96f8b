/** The contract's imports, which exist in a component only. */

declare module "usher:provisioning/env@0.1.0" {
  const env: { get(name: string): string | null };
  export default env;
}

declare module "usher:provisioning/identity@0.1.0" {
  const identity: import("./identity.js").ReadIdentity;
  export default identity;
}

declare module "usher:provisioning/log@0.1.0" {
  const log: { write: import("./console.js").Write };
  export default log;
}

declare module "core-js/actual/url";
declare module "@ungap/structured-clone";
