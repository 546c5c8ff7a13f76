import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { LockActivities } from '../activities/lock.js';
import type { ChildState } from '../model/status.js';
import { activityOptions } from './activity-options.js';
import type { Application, Child } from './application.js';
import { stopSignal, type ChildResult } from './contract.js';
import { searchAttributePairs } from './search-attributes.js';

export interface ChildRun<Input> {
  readonly title: string;
  readonly workflowId: string;
  readonly workflow: (input: Input) => Promise<ChildResult>;
  readonly input: (parent: { readonly workflowId: string; readonly runId: string }) => Input;
  /** Called as the child goes from `open` to `done` or `ended`. */
  readonly state: (state: ChildState) => void;
  /** Called once the child runs, to tell it what changed since its input was made. */
  readonly started: (child: Child) => Promise<void>;
}

/** Starts one child, registers it for signals while it runs, and takes its result into account. */
export async function runChild<Input>(application: Application, run: ChildRun<Input>): Promise<ChildResult> {
  return CancellationScope.nonCancellable(async () => {
    const child = await startWhenFree(application, run);
    run.state('open');
    application.children.set(run.workflowId, child);
    application.show();
    try {
      // where the news come late, the child may have ended: it needs none then
      await Promise.allSettled([run.started(child)]);
      if (application.steps.stopping) await Promise.allSettled([child.signal(stopSignal, application.stoppedBy)]);
      const result = await child.result();
      run.state(stateAfter(result));
      application.childEnded(run.title, result);
      application.show();
      return result;
    } catch (error) {
      // others would wait for this child for ever: nothing new begins, and the run ends with this error
      if (!application.steps.stopping) application.stop({ by: 'groundswell', reason: `${run.title} failed` });
      throw error;
    } finally {
      application.children.delete(run.workflowId);
    }
  });
}

function stateAfter({ outcome, skipped }: ChildResult): ChildState {
  if (outcome !== 'done') return 'ended';
  return skipped.length === 0 ? 'done' : 'skipped';
}

/** Starts the child; where an older one of that id still winds down, waits for its end first. */
async function startWhenFree<Input>({ plan, input }: Application, run: ChildRun<Input>): Promise<Child> {
  const { workflowId, runId } = workflowInfo();
  for (;;) {
    try {
      return await startChild<(input: Input) => Promise<ChildResult>>(run.workflow, {
        workflowId: run.workflowId,
        args: [run.input({ workflowId, runId })],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: run.title,
        typedSearchAttributes: searchAttributePairs(input.searchAttributes, { GroundswellCluster: plan.cluster }),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await wait.waitUntilClosed({ workflowId: run.workflowId });
    }
  }
}

const wait = proxyActivities<LockActivities>(activityOptions.wait);
