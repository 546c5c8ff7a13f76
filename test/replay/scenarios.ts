import { z } from 'zod';
import type { ResolveInput } from '../../model/messages.js';
import {
  approveUpdate,
  frontDoorStatusQuery,
  pauseUpdate,
  resumeUpdate,
  stopUpdate,
} from '../../workflows/contract/message-definitions.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { lockOf, parkedOf, resolve, statusOf } from '../workflows/locked.js';
import { until, type FrontDoorHandle, type SimulatedRehearsal } from '../workflows/simulated-worker.js';

/** One way through the workflows, played against a real server; its histories are kept and replayed for ever after. */
export interface Scenario {
  /** Name of the file of its histories. */
  readonly name: string;
  readonly faults?: readonly string[];
  readonly play: (rehearsal: SimulatedRehearsal) => Promise<void>;
}

const by = { reason: 'of the recording', by: 'kim' };
const join = 'node/k8s-redis/join';
const joinParks = ['k8s-redis: join fails 3 times'];

export const scenarios: readonly Scenario[] = [
  {
    name: 'approved-and-done',
    play: async (rehearsal) => {
      const handle = await rehearsal.rollOut({});
      await approve(handle);
      await handle.result();
      await (await rehearsal.rollOut({})).result();
      await (await rehearsal.client.start('planCluster', { taskQueue, workflowId: 'a-plan', args: [] })).result();
    },
  },
  { name: 'retried', faults: joinParks, play: (rehearsal) => answered(rehearsal, { step: join, action: 'retry' }) },
  { name: 'skipped', faults: joinParks, play: (rehearsal) => answered(rehearsal, { step: join, action: 'skip' }) },
  { name: 'replaced', faults: joinParks, play: (rehearsal) => answered(rehearsal, { step: join, action: 'replace' }) },
  { name: 'aborted', faults: joinParks, play: (rehearsal) => answered(rehearsal, { step: join, action: 'abort' }) },
  {
    name: 'unit-skipped',
    faults: ['redis: never ready'],
    play: (rehearsal) => answered(rehearsal, { step: 'wave/0/redis', action: 'skip' }),
  },
  {
    name: 'stopped',
    play: async (rehearsal) => {
      const { handle, release } = await inTheMiddle(rehearsal);
      await handle.executeUpdate(stopUpdate, { args: [by] });
      await until(async () => (await statusOf(rehearsal)).stopping);
      release();
      await handle.result();
    },
  },
  {
    name: 'stopped-now',
    play: async (rehearsal) => {
      const { handle } = await inTheMiddle(rehearsal);
      await lockOf(rehearsal).executeUpdate(stopUpdate, { args: [{ ...by, now: true }] });
      await handle.result();
    },
  },
  {
    name: 'cancelled',
    play: async (rehearsal) => {
      const { handle, release } = await inTheMiddle(rehearsal);
      await handle.cancel();
      await until(async () => (await statusOf(rehearsal)).stopping);
      release();
      await handle.result();
    },
  },
  {
    name: 'paused',
    play: async (rehearsal) => {
      const { handle, release } = await inTheMiddle(rehearsal);
      await lockOf(rehearsal).executeUpdate(pauseUpdate, { args: [by] });
      release();
      await until(() => rehearsal.effects('kubeadm join').length === 2);
      await lockOf(rehearsal).executeUpdate(resumeUpdate, { args: [by] });
      await handle.result();
    },
  },
  {
    name: 'stale-plan-approved',
    play: async (rehearsal) => {
      const init = rehearsal.gates.hold('k8s-master', 'init');
      const handle = await rehearsal.rollOut({});
      await approve(handle);
      await until(() => init.reached());
      for (const instance of rehearsal.world.things.instances) {
        if (instance.node === 'k8s-redis') instance.state = 'terminated';
      }
      init.release();
      await until(async () => (await statusOf(rehearsal)).amended !== undefined);
      const { amended } = await statusOf(rehearsal);
      await lockOf(rehearsal).executeUpdate(approveUpdate, { args: [{ digest: amended?.digest ?? '', by: 'lee' }] });
      await handle.result();
    },
  },
  {
    name: 'superseded',
    play: async (rehearsal) => {
      const { handle, release } = await inTheMiddle(rehearsal);
      const second = await rehearsal.rollOut({ approve: true, supersede: true });
      await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'waiting for the cluster');
      release();
      await handle.result();
      await second.result();
    },
  },
  {
    name: 'expired',
    play: async (rehearsal) => {
      await (await rehearsal.rollOut({ approvalHours: 0.000_3 })).result();
    },
  },
  {
    name: 'throttled',
    faults: ['aws: throttles once'],
    play: async (rehearsal) => {
      await (await rehearsal.rollOut({ approve: true })).result();
    },
  },
  {
    name: 'plan-read',
    play: async ({ client }) => {
      const planned = await client.start('planCluster', { taskQueue, workflowId: 'a-plan', args: [] });
      const { cluster, digest, artifact } = PlanReference.parse(await planned.result());
      const read = { taskQueue, workflowId: 'read', args: [{ plan: { cluster, digest, artifact } }] };
      await client.execute('readArtifact', read);
    },
  },
];

const PlanReference = z.object({ cluster: z.string(), digest: z.string(), artifact: z.string() });

async function approve(handle: FrontDoorHandle): Promise<void> {
  await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
  const { planDigest: digest = '' } = await handle.query(frontDoorStatusQuery);
  await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
}

async function answered(rehearsal: SimulatedRehearsal, answer: Pick<ResolveInput, 'step' | 'action'>): Promise<void> {
  const handle = await rehearsal.rollOut({ approve: true });
  await until(async () => (await parkedOf(rehearsal)).some(({ step }) => step === answer.step), 120_000);
  await resolve(rehearsal, { ...answer, ...by });
  await handle.result().catch(() => undefined);
}

/** A roll-out whose k8s-redis stands before its join, everything else done. */
async function inTheMiddle(rehearsal: SimulatedRehearsal) {
  const gate = rehearsal.gates.hold('k8s-redis', 'join');
  const handle = await rehearsal.rollOut({ approve: true });
  await until(() => gate.reached());
  await until(async () => (await statusOf(rehearsal)).nodes.filter(({ state }) => state === 'done').length === 2);
  return {
    handle,
    release: () => {
      gate.release();
    },
  };
}
