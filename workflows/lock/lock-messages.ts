import { setHandler } from '@temporalio/workflow';
import type { PlanRun } from './plan-run.js';
import type { Child } from './child.js';
import { pausedSignal, pauseUpdate, resumeUpdate, stopSignal, stopUpdate } from '../contract/messages.js';
import type { PauseInput, StopInput } from '../../model/messages.js';
import { workflowFailure } from '../failures.js';
import { passStopOn } from './pass-stop-on.js';
import { refuseUnreadablePause, refuseUnreadableStop } from '../refusals.js';

/** Makes the lock answer `stop`, `pause` and `resume`, and passes them on to its children. */
export function answerLockMessages(run: PlanRun): void {
  answerStop(run);
  answerPause(run);
}

function answerStop(run: PlanRun): void {
  const { steps } = run;
  void passStopOn(
    () => (steps.stopping ? (run.now.stoppedBy ?? {}) : undefined),
    (how) => tellChildren(run, (child) => child.signal(stopSignal, how)),
  );
  setHandler(
    stopSignal,
    (how) => {
      run.stop(how ?? {});
    },
    { description: 'does the same as the update stop' },
  );
  setHandler(
    stopUpdate,
    (how) => {
      run.stop(how ?? {});
      return { running: runningIn(run) };
    },
    {
      validator: (how: StopInput | null | undefined) => {
        refuseUnreadableStop(how);
      },
      description: 'begins no new step and lets running ones finish; {"now": true} cancels them',
    },
  );
}

function answerPause(run: PlanRun): void {
  const { steps } = run;
  const passOn = async () => {
    await tellChildren(run, (child) => child.signal(pausedSignal, { paused: steps.paused }));
    return { paused: steps.paused, running: runningIn(run) };
  };
  setHandler(
    pauseUpdate,
    ({ by, reason }) => {
      run.pause({ by, reason, since: new Date().toISOString() });
      return passOn();
    },
    {
      validator: (input: PauseInput) => {
        refuseUnreadablePause('pause', input);
        if (steps.stopping) throw workflowFailure('InputInvalid', 'pause: the run is stopping already');
        const { paused } = run.now;
        if (paused === undefined) return;
        throw workflowFailure(
          'InputInvalid',
          `pause: ${paused.by} already paused the run, at ${paused.since} (${paused.reason})`,
        );
      },
      description: 'begins no new step until resume; running ones finish: {"reason", "by"}',
    },
  );
  setHandler(
    resumeUpdate,
    async () => {
      const confirming = run.world.confirm();
      if (confirming !== undefined) await confirming;
      run.resume();
      return passOn();
    },
    {
      validator: (input: PauseInput) => {
        refuseUnreadablePause('resume', input);
        if (run.now.paused === undefined) throw workflowFailure('InputInvalid', 'resume: the run is not paused');
      },
      description: 'continues after pause: {"reason", "by"}',
    },
  );
}

/** A child that ended meanwhile needs no telling. */
async function tellChildren({ now: { children } }: PlanRun, tell: (child: Child) => Promise<void>): Promise<void> {
  await Promise.allSettled([...children.values()].map(tell));
}

/** What runs on after a stop or pause: own steps, and children, which know their steps themselves. */
function runningIn({ steps, now: { nodeStates, waveStates } }: PlanRun): readonly string[] {
  const own = [...steps.statuses.values()].filter(({ state }) => state === 'running').map(({ step }) => step);
  const nodes = [...nodeStates].filter(([, state]) => state === 'open').map(([name]) => `node ${name}`);
  const waves = [...waveStates].filter(([, state]) => state === 'open').map(([wave]) => `wave ${wave}`);
  return [...own, ...nodes, ...waves];
}
