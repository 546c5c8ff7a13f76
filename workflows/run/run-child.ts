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
import type { Child } from './child.js';
import type { PlanRun } from './plan-run.js';
import { stopSignal } from '../contract/message-definitions.js';
import type { ChildResult } from '../contract/inputs.js';
import { namingTerminated } from '../workflow-failure.js';
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
export async function runChild<Input>(run: PlanRun, child: ChildRun<Input>): Promise<ChildResult> {
  return CancellationScope.nonCancellable(async () => {
    const handle = await startWhenFree(run, child);
    child.state('open');
    run.childBegan(child.workflowId, handle);
    try {
      // a child that ended before it heard needs nothing
      await Promise.allSettled([child.started(handle)]);
      if (run.steps.stopping) await Promise.allSettled([handle.signal(stopSignal, run.now.stoppedBy)]);
      const result = await handle.result();
      child.state(stateAfter(result));
      run.childEnded(child.title, result);
      return result;
    } catch (error) {
      // others would wait for this child for ever: nothing new begins, and the run ends with this error
      if (!run.steps.stopping) run.stop({ by: 'groundswell', reason: `${child.title} failed` });
      throw namingTerminated(error);
    } finally {
      run.childGone(child.workflowId);
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
async function startWhenFree<Input>(run: PlanRun, child: ChildRun<Input>): Promise<Child> {
  const { workflowId, runId } = workflowInfo();
  for (;;) {
    try {
      const handle = await startChild<(input: Input) => Promise<ChildResult>>(child.workflow, {
        workflowId: child.workflowId,
        args: [child.input({ workflowId, runId })],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: child.title,
        typedSearchAttributes: searchAttributePairs(run.input.searchAttributes, {
          GroundswellCluster: run.now.plan.cluster,
        }),
      });
      return reachable(child.workflowId, handle);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await waitForOlder(run, child);
    }
  }
}
