/** The contract's records as the component toolchain hands them to JavaScript: `wit/types.wit`, in camelCase. */

export interface User {
  identifier: string;
  userType: "authenticated" | "anonymous";
}

export interface Request {
  identity: User & { authType: "provided" | "jwt" | "anonymous"; claims: string; testGroup100: number };
  context: Context;
  http: Http;
  resource: { id: string; meta: [string, string][]; extra: string } | null;
  customer: { isCustomer: boolean; hasProducts: boolean; customerIdentifiers: string[]; productIds: string[] };
  instant: number;
}

export type Context = Omit<import("../../types/workflow.js").WorkflowContext, "isEUCountry"> & { isEuCountry: boolean };

export type Http = Omit<import("../../types/workflow.js").WorkflowHttp, "cookies" | "clientIP"> & {
  cookies: [string, string][];
  clientIp: string | null;
};

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
