import type { ChildWorkflowHandle, Workflow } from '@temporalio/workflow';
import type { ChildResult } from '../contract/inputs.js';

/** A child that was started. */
export type Child = Pick<ChildWorkflowHandle<Workflow>, 'signal' | 'firstExecutionRunId'> & {
  readonly result: () => Promise<ChildResult>;
};
