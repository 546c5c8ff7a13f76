import { describe, expect, it } from 'vitest';
import { stepTimes } from '../../bench/overhead/step-times.js';
import { childrenOf } from '../../observer/history.js';
import type { PlanBody } from '../../model/plan/plan.js';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { historyOf } from './observed.js';
import { aSimulatedRehearsal, type FrontDoorHandle, type SimulatedRehearsal } from './simulated-worker.js';

async function planOf({ target }: SimulatedRehearsal, handle: FrontDoorHandle): Promise<PlanBody['plan']> {
  const { planArtifact = '' } = await handle.query(frontDoorStatusQuery);
  const body: PlanBody = JSON.parse(await createFolderArtifacts(target.artifacts).get(planArtifact));
  return body.plan;
}

async function timesOf(rehearsal: SimulatedRehearsal) {
  const lock = await historyOf(rehearsal, applyWorkflowId(rehearsal.cluster));
  return stepTimes([lock, ...(await Promise.all(childrenOf(lock).map((id) => historyOf(rehearsal, id))))]);
}

describe('a plan', () => {
  it('is carried out in the order that it shows: no step begins before what it needs is done', async () => {
    const rehearsal = await aSimulatedRehearsal();
    const handle = await rehearsal.rollOut({ approve: true });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    const { steps } = await planOf(rehearsal, handle);
    const times = await timesOf(rehearsal);

    const early = steps.flatMap(({ step, needs }) => {
      const begunMs = times.get(step)?.scheduledMs ?? Infinity;
      return needs.filter((need) => (times.get(need)?.endedMs ?? 0) > begunMs).map((need) => `${step} before ${need}`);
    });
    const unseen = steps.filter(({ step, op }) => op !== 'none' && !times.has(step)).map(({ step }) => step);

    expect(early).toEqual([]);
    expect(unseen).toEqual([]);
  });
});
