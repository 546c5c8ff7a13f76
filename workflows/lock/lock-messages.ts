import { setHandler } from '@temporalio/workflow';
import type { Application } from './application.js';
import type { Child } from './child.js';
import {
  pausedSignal,
  pauseUpdate,
  resumeUpdate,
  stopSignal,
  stopUpdate,
  type PauseInput,
  type StopInput,
} from '../contract.js';
import { endWith } from '../failures.js';
import { passStopOn } from './pass-stop-on.js';
import { refuseUnreadablePause, refuseUnreadableStop } from '../refusals.js';

/** Makes the lock answer `stop`, `pause` and `resume`, and passes them on to its children. */
export function answerLockMessages(application: Application): void {
  answerStop(application);
  answerPause(application);
}

function answerStop(application: Application): void {
  const { steps } = application;
  void passStopOn(
    () => (steps.stopping ? (application.stoppedBy ?? {}) : undefined),
    (how) => tellChildren(application, (child) => child.signal(stopSignal, how)),
  );
  setHandler(
    stopSignal,
    (how) => {
      application.stop(how ?? {});
    },
    { description: 'the same as the update stop' },
  );
  setHandler(
    stopUpdate,
    (how) => {
      application.stop(how ?? {});
      return { running: runningIn(application) };
    },
    {
      validator: (how: StopInput | null | undefined) => {
        refuseUnreadableStop(how);
      },
      description: 'begins no new step and lets running ones finish; {"now": true} lets go of them',
    },
  );
}

function answerPause(application: Application): void {
  const { steps } = application;
  const setPaused = async (paused: Application['paused']) => {
    application.paused = paused;
    steps.paused = paused !== undefined;
    application.show();
    await tellChildren(application, (child) => child.signal(pausedSignal, { paused: steps.paused }));
    return { paused: steps.paused, running: runningIn(application) };
  };
  setHandler(pauseUpdate, ({ by, reason }) => setPaused({ by, reason, since: new Date().toISOString() }), {
    validator: (input: PauseInput) => {
      refuseUnreadablePause('pause', input);
      if (steps.stopping) throw endWith('InputInvalid', 'pause: the run is stopping already');
      const { paused } = application;
      if (paused === undefined) return;
      throw endWith('InputInvalid', `pause: ${paused.by} paused it already, at ${paused.since} (${paused.reason})`);
    },
    description: 'begins no new step until resume; running ones finish: {"reason", "by"}',
  });
  const resume = () => setPaused(undefined);
  setHandler(resumeUpdate, () => application.world.confirm()?.then(resume) ?? resume(), {
    validator: (input: PauseInput) => {
      refuseUnreadablePause('resume', input);
      if (application.paused === undefined) throw endWith('InputInvalid', 'resume: the run is not paused');
    },
    description: 'goes on after pause: {"reason", "by"}',
  });
}

/** A child that ended meanwhile needs no telling. */
async function tellChildren({ children }: Application, tell: (child: Child) => Promise<void>): Promise<void> {
  await Promise.allSettled([...children.values()].map(tell));
}

/** What runs on after a stop or pause: own steps, and children, which know their steps themselves. */
function runningIn({ steps, nodeStates, waveStates }: Application): readonly string[] {
  const own = [...steps.statuses.values()].filter(({ state }) => state === 'running').map(({ step }) => step);
  const nodes = [...nodeStates].filter(([, state]) => state === 'open').map(([name]) => `node ${name}`);
  const waves = [...waveStates].filter(([, state]) => state === 'open').map(([wave]) => `wave ${wave}`);
  return [...own, ...nodes, ...waves];
}
