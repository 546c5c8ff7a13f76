import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildState } from '../../model/status/status.js';
import type { Application } from './application.js';
import type { Child } from './child.js';
import { stopSignal } from '../contract/messages.js';
import type { ChildResult } from '../contract/inputs.js';
import { namingTerminated } from '../failures.js';
import { searchAttributePairs } from '../search-attributes.js';
import { waitForOlder } from './wait-for-older.js';

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
    application.parked.began(run.workflowId, child.firstExecutionRunId);
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
      throw namingTerminated(error);
    } finally {
      application.children.delete(run.workflowId);
    }
  });
}

function stateAfter({ outcome, skipped }: ChildResult): ChildState {
  if (outcome !== 'done') return 'ended';
  return skipped.length === 0 ? 'done' : 'skipped';
}

/** The server lets a run that was reset signal the children that it kept, but only as it lets anybody. */
function reachable(workflowId: string, child: Child): Child {
  const { runId, firstExecutionRunId } = workflowInfo();
  if (runId === firstExecutionRunId) return child;
  return {
    firstExecutionRunId: child.firstExecutionRunId,
    result: () => child.result(),
    signal: (...given) => getExternalWorkflowHandle(workflowId).signal(...given),
  };
}

/** Starts the child; where an older one of that id is still open, waits for its end first. */
async function startWhenFree<Input>(application: Application, run: ChildRun<Input>): Promise<Child> {
  const { plan, input } = application;
  const { workflowId, runId } = workflowInfo();
  for (;;) {
    try {
      const child = await startChild<(input: Input) => Promise<ChildResult>>(run.workflow, {
        workflowId: run.workflowId,
        args: [run.input({ workflowId, runId })],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: run.title,
        typedSearchAttributes: searchAttributePairs(input.searchAttributes, { GroundswellCluster: plan.cluster }),
      });
      return reachable(run.workflowId, child);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await waitForOlder(application, run);
    }
  }
}
