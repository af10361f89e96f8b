/** The contract's records as the component toolchain hands them to JavaScript: `wit/types.wit`, in camelCase. */

export interface User {
  identifier: string;
  userType: "authenticated" | "anonymous";
}

/** What a decision is told, in the order of the contract and with the names that authors know. */
export interface Request extends Omit<Args, "env" | "resource" | "utils"> {
  resource: Args["resource"] | null;
  /** Milliseconds since 1970. */
  instant: number;
}

type Args = import("../../types/workflow.js").ProvisioningWorkflowArgs;

export interface IdentityLink {
  source: User;
  target: User;
  mode: string;
}

export type Verification =
  { tag: "verified"; val: { identifier: string; claims: string } } | { tag: "rejected"; val: string };

export interface ReadError {
  tag: "invalid" | "unavailable" | "exhausted";
  val: string;
}
