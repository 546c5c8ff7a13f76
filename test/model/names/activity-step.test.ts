import { describe, expect, it } from 'vitest';
import type { createActivities } from '../../../activities/index.js';
import { activityStep } from '../../../model/names/activity-step.js';
import { networkSteps, nodeSteps } from '../../../model/step-table.js';
import { everyNodePart, keysOf, type NetworkRowName, type NodePart } from '../../../model/steps.js';

const plan = { cluster: 'demo', digest: 'd', artifact: 'a' };
const node = { name: 'k8s-redis' };
const unit = { name: 'api-auth', wave: 1 };

/** An argument that has what the activity asks for, whatever it is. */
function argumentOf(activity: string): unknown {
  return { plan, node, zone: 'a', part: 'vpc', unit: activity === 'removeUnit' ? unit.name : unit };
}

type Row = readonly [stage: string, step: string | undefined];
type TableActivity = (typeof nodeSteps)[NodePart]['activity'] | (typeof networkSteps)[NetworkRowName]['activity'];

/** Every activity that the table of steps has neither for the network nor for nodes, so that a new one has to be given its step. */
const others = {
  applyUnit: ['waves', 'wave/1/api-auth'],
  waitForUnit: ['waves', 'wave/1/api-auth'],
  verifyCluster: ['verify', 'verify/cluster'],
  loadSpec: ['plan', undefined],
  makePlan: ['plan', undefined],
  planTearDown: ['plan', undefined],
  findDifferences: ['plan', undefined],
  findResidue: ['verify', 'verify/residue'],
  removeUnit: ['removals', 'unit/api-auth/removed'],
  removeNetworkPart: ['removals', 'network/vpc'],
  confirmPlan: ['plan', undefined],
  knownSearchAttributes: ['plan', undefined],
  readArtifactPart: ['plan', undefined],
  describeHolder: ['plan', undefined],
  waitUntilClosed: ['plan', undefined],
  takeWorldLock: ['plan', undefined],
  leaveWorldLock: ['plan', undefined],
} as const satisfies Record<Exclude<keyof ReturnType<typeof createActivities>, TableActivity>, Row>;

const ofNodes = everyNodePart.map((part): [string, Row] => [
  nodeSteps[part].activity,
  ['nodes', `node/k8s-redis/${part}`],
]);
const ofNetwork = keysOf(networkSteps).map((part): [string, Row] => [
  networkSteps[part].activity,
  ['network', part === 'subnet' ? 'network/subnet-a' : `network/${part}`],
]);
const expected: Readonly<Record<string, Row>> = { ...others, ...Object.fromEntries([...ofNetwork, ...ofNodes]) };

describe('activityStep', () => {
  it.each(Object.entries(expected))('knows cluster, stage and step of %s', (activity, [stage, step]) => {
    const found = activityStep(activity, argumentOf(activity));

    expect([found.cluster, found.stage, found.step]).toEqual(['demo', stage, step]);
  });

  it('says the part without the name of anybody, so that there are few of them', () => {
    const parts = Object.keys(expected).map((activity) => activityStep(activity, argumentOf(activity)).part);

    expect(parts.filter((part) => /redis|auth|demo/.test(part))).toEqual([]);
    expect(activityStep('ensureSubnet', { zone: 'b' }).part).toBe(activityStep('ensureSubnet', { zone: 'a' }).part);
  });

  it.each([[undefined], [null], ['text'], [[]], [{ plan: 7, node: 'x', unit: { wave: '1' } }]])(
    'leaves out what an argument %j does not name',
    (input) => {
      expect(activityStep('joinNode', input)).toEqual({ part: 'join', stage: 'nodes' });
      expect(activityStep('applyUnit', input)).toEqual({ part: 'apply', stage: 'waves' });
    },
  );
});
