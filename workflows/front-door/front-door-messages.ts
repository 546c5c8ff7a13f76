import { CancellationScope, setHandler } from '@temporalio/workflow';
import { shortDigest } from '../../model/show/show-step.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import { approveUpdate, stopSignal, stopUpdate } from '../contract/messages.js';
import type { ApproveInput, StopInput } from '../../model/messages.js';
import { workflowFailure } from '../failures.js';
import { showDetails } from '../step/progress.js';
import { refuseOtherPlan, refuseUnreadableApproval, refuseUnreadableStop } from '../refusals.js';

/** What people have told a front door so far. */
export interface FrontDoorMessages {
  /** The last approval. It counts for the plan with its digest, and for no other. */
  readonly approved: ApproveInput | undefined;
  /** How somebody asked it to stop. Temporal's Cancel is a stop too. */
  readonly stopRequest: StopInput | undefined;
}

/** Makes a front door answer `approve` and `stop`. */
export function answerFrontDoorMessages(status: () => FrontDoorStatus): FrontDoorMessages {
  const messages: { approved: ApproveInput | undefined; stopRequest: StopInput | undefined } = {
    approved: undefined,
    stopRequest: undefined,
  };
  const stop = (how: StopInput | null | undefined): void => {
    messages.stopRequest = { ...messages.stopRequest, ...how };
  };
  void CancellationScope.current().cancelRequested.catch(() => {
    stop({});
  });
  setHandler(stopSignal, stop, { description: 'does the same as the update stop' });
  setHandler(
    stopUpdate,
    (how) => {
      stop(how);
      return { running: [] };
    },
    {
      validator: (how: StopInput | null | undefined) => {
        refuseUnreadableStop(how);
      },
      description: 'begins no new step and lets running ones finish; {"now": true} cancels them',
    },
  );
  setHandler(
    approveUpdate,
    (approval) => {
      messages.approved = approval;
      showDetails(`${approval.by} approved plan \`${shortDigest(approval.digest)}\``);
      return { digest: approval.digest };
    },
    {
      validator: (approval: ApproveInput) => {
        refuseUnreadableApproval(approval);
        const { phase, planDigest } = status();
        if (phase === 'waiting for approval') {
          refuseOtherPlan(approval, planDigest);
          return;
        }
        throw workflowFailure('InputInvalid', `no plan waits for approval here: the roll-out is ${phase}`);
      },
      description: 'approves the plan with this digest: {"digest", "by"}',
    },
  );
  return messages;
}
