/** Names of the workflows: their functions in `workflows/`, as Temporal knows them. */
export const workflowNames = {
  rollOutCluster: 'rollOutCluster',
  tearDownCluster: 'tearDownCluster',
  applyPlan: 'applyPlan',
  rollOutNode: 'rollOutNode',
  rollOutWave: 'rollOutWave',
  planCluster: 'planCluster',
  checkDrift: 'checkDrift',
  readArtifact: 'readArtifact',
} as const;
export type WorkflowName = keyof typeof workflowNames;

/** Every workflow of ours. */
export const allWorkflowNames: readonly WorkflowName[] = Object.values(workflowNames);

/** The workflows that people start, and that take the lock of a cluster. */
export const frontDoorNames: readonly WorkflowName[] = [workflowNames.rollOutCluster, workflowNames.tearDownCluster];

/** A filter for Temporal's list of workflows: those of this type. */
export function ofWorkflow(...names: readonly WorkflowName[]): string {
  return `WorkflowType IN (${names.map((name) => `'${name}'`).join(', ')})`;
}
