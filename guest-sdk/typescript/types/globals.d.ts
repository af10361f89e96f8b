/** The types of workflows as global names: a file that merely names `ProvisioningWorkflow` is a workflow as it is. */

import type * as workflow from "./workflow.js";

declare global {
  /**
   * The operator's catalog. Empty, until the file that `usher typegen --lang ts` writes is in the project and fills it.
   */
  interface UsherCatalog {}

  type ProvisioningWorkflow = workflow.ProvisioningWorkflow;
  type ProvisioningWorkflowArgs = workflow.ProvisioningWorkflowArgs;
  type PlanSlug = workflow.PlanSlug;
  type WorkflowIdentity = workflow.WorkflowIdentity;
  type WorkflowContext = workflow.WorkflowContext;
  type WorkflowBotCategory = workflow.WorkflowBotCategory;
  type WorkflowBotTag = workflow.WorkflowBotTag;
  type WorkflowResource = workflow.WorkflowResource;
  type WorkflowCustomerData = workflow.WorkflowCustomerData;
  type WorkflowHttp = workflow.WorkflowHttp;
  type WorkflowEnv = workflow.WorkflowEnv;
  type WorkflowUserIdentifier = workflow.WorkflowUserIdentifier;
  type CustomDataOptions = workflow.CustomDataOptions;
  type JwtVerification = workflow.JwtVerification;
  type IdentityLinkWorkflowData = workflow.IdentityLinkWorkflowData;
  type ReadonlyIdentityWorkflowUtils = workflow.ReadonlyIdentityWorkflowUtils;
  type ReadonlyWorkflowUtils = workflow.ReadonlyWorkflowUtils;
}
