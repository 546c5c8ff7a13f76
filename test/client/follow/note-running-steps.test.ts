import { describe, expect, it } from 'vitest';
import { noteRunningSteps } from '../../../client/follow/note-running-steps.js';
import type { StepStatus } from '../../../model/status/status.js';

const workflowId = 'cluster/ecoeco/wave/1';
const activity = (note: string, step?: string) => ({
  workflowId,
  name: 'waitForUnit',
  attempt: 1,
  note,
  ...(step === undefined ? {} : { step }),
});
const running = (step: StepStatus['step']): StepStatus => ({ step, state: 'running' });

describe('noteRunningSteps', () => {
  it('gives each unit the sentence of its own activity, also where that of another one has its name', () => {
    const steps = [running('wave/1/api-auth'), running('wave/1/api')];
    const activities = [
      activity('Deployment api-auth/web: 0/1 ready', 'wave/1/api-auth'),
      activity('Deployment api/web: 1/2 ready', 'wave/1/api'),
    ];

    expect(noteRunningSteps(steps, activities.toReversed()).map(({ note }) => note)).toEqual([
      'Deployment api-auth/web: 0/1 ready',
      'Deployment api/web: 1/2 ready',
    ]);
  });

  it('gives the only running step what is said, whoever says it', () => {
    const waiting: StepStatus = { step: 'node/k8s-redis/ready', state: 'not begun' };

    expect(noteRunningSteps([running('node/k8s-redis/join'), waiting], [activity('TASK [join]')])).toEqual([
      { ...running('node/k8s-redis/join'), note: 'TASK [join]' },
      waiting,
    ]);
  });

  it('says nothing of a step whose activity has not said anything', () => {
    const steps = [running('wave/1/api-auth'), running('wave/1/api')];

    expect(noteRunningSteps(steps, [activity('Deployment web: 0/1 ready')])).toEqual(steps);
  });
});
