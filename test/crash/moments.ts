import type { createActivities } from '../../activities/index.js';
import { isRecord } from '../../model/json/is-record.js';
import { networkSteps } from '../../model/step-table.js';
import { keysOf, outlivingPlaybooks, type Playbook } from '../../model/steps.js';
import type { NetworkPartInputs } from '../../systems/ec2/ec2.js';
import type { OutsideCall } from '../../rehearsal/simulated/serve-systems.js';

export type ActivityName = keyof ReturnType<typeof createActivities>;

/** Where in an activity something goes wrong. */
export const moments = ['before the effect', 'after the effect', 'during a heartbeat'] as const;
export type Moment = (typeof moments)[number];

/** What goes wrong. */
export const faults = ['worker SIGKILL', 'activity time-out', 'lost answer'] as const;
export type Fault = (typeof faults)[number];

/** The call by which an activity has its effect on the outside. */
export interface EffectCall {
  readonly system: string;
  readonly method: string | readonly string[];
  readonly is?: (args: readonly unknown[]) => boolean;
  /** The same where the systems are real and a worker is struck at its own call. Default: the same call. */
  readonly real?: Pick<EffectCall, 'system' | 'method' | 'is'>;
}

/** The simulated network is put together in the worker, from parts; the real one is one system. */
export function networkEffect(kind: keyof NetworkPartInputs): EffectCall {
  return {
    system: 'ec2Parts',
    method: 'create',
    is: ([input]) => isRecord(input) && input['kind'] === kind,
    real: { system: 'ec2Network', method: 'createPart', is: ([name]) => name === kind },
  };
}

function playbook(name: Playbook): EffectCall {
  return { system: 'ansible', method: 'runPlaybook', is: ([run]) => isRecord(run) && run['playbook'] === name };
}

function applied(fits: (kind: unknown) => boolean): EffectCall {
  // the first two arguments say where the API is
  return { system: 'kubernetes', method: 'apply', is: ([, , object]) => isRecord(object) && fits(object['kind']) };
}

/** By activity, but for those that create a part of the network: theirs is `networkEffect`. `looks` has no effect: its moments are its beginning, a read in its middle, and its end. `short` does not even heartbeat. */
export const effects = {
  describeHolder: 'short',
  waitUntilClosed: 'short',
  loadSpec: 'short',
  confirmPlan: 'short',
  knownSearchAttributes: 'short',
  readArtifactPart: 'short',
  makePlan: 'looks',
  planTearDown: 'looks',
  findResidue: 'looks',
  findDifferences: 'short',
  takeWorldLock: { system: 'ec2Lock', method: 'createLock' },
  leaveWorldLock: { system: 'ec2Lock', method: 'deleteLock' },
  ensureKeyPair: { system: 'ec2Compute', method: 'importKeyPair' },
  ensureInstance: { system: 'ec2Compute', method: 'runInstance' },
  fenceNode: { system: 'ec2Compute', method: 'terminateInstance' },
  drainNode: { system: 'kubernetes', method: 'evict' },
  endHost: { system: 'ec2Compute', method: 'terminateInstance' },
  removeNetworkPart: {
    system: 'ec2Parts',
    method: ['remove', 'removeKeyPair'],
    real: { system: 'ec2Network', method: 'deletePart' },
  },
  waitUntilReachable: {
    system: 'ssh',
    method: 'run',
    is: ([, command]) => typeof command === 'string' && command.includes('ssh_host_ed25519_key'),
  },
  prepareHost: playbook('prepare'),
  renewCertificates: {
    system: 'ssh',
    method: 'run',
    is: ([, command]) => typeof command === 'string' && command.includes('groundswell-host renew-certificates'),
  },
  initControlPlane: playbook('init'),
  installPodNetwork: playbook('cni'),
  joinNode: playbook('join'),
  labelNode: applied((kind) => kind === 'Node'),
  waitForNodeReady: 'looks',
  applyUnit: applied((kind) => kind !== 'Namespace' && kind !== 'ConfigMap'),
  waitForUnit: 'looks',
  removeUnit: { system: 'kubernetes', method: 'delete' },
  verifyCluster: 'looks',
} satisfies Record<Exclude<ActivityName, NetworkActivity>, EffectCall | 'looks' | 'short'>;

const { 'key-pair': _imported, ...createdSteps } = networkSteps;
type NetworkActivity = (typeof createdSteps)[keyof typeof createdSteps]['activity'];

const allEffects = new Map<string, EffectCall | 'looks' | 'short'>([
  ...Object.entries(effects),
  ...keysOf(createdSteps).map((kind) => [createdSteps[kind].activity, networkEffect(kind)] as const),
]);

/** Why an activity has no cell for a moment; `undefined` when it has one. */
export function whyNotApplicable(activity: string, moment: Moment): string | undefined {
  const kind = effectOf(activity);
  if (kind === 'short' && moment === 'during a heartbeat') return 'it ends within 30 s and does not heartbeat';
  return undefined;
}

/** What is known of an activity by name; `undefined` of one that nobody wrote down here. */
export function effectOf(activity: string): EffectCall | 'looks' | 'short' | undefined {
  return allEffects.get(activity);
}

/** Whether this is the call that the moment of an activity is about. */
export function isEffect(activity: string, moment: Moment, call: OutsideCall): boolean {
  const effect = effectOf(activity);
  if (effect === 'looks') return moment === 'during a heartbeat';
  return effect !== undefined && effect !== 'short' && isCallOf(effect, call);
}

/** Whether a call is this one. */
export function isCallOf({ system, method, is, real }: EffectCall, call: OutsideCall): boolean {
  if (real?.system === call.system) return [real.method].flat().includes(call.method) && (real.is?.(call.args) ?? true);
  return system === call.system && [method].flat().includes(call.method) && (is?.(call.args) ?? true);
}

/** Whether the moment of an activity is its own edge, because it has no effect on the outside. */
export function edgeOf(activity: string, moment: Moment): 'begin' | 'end' | undefined {
  const effect = effectOf(activity);
  if ((effect !== 'looks' && effect !== 'short') || moment === 'during a heartbeat') return undefined;
  return moment === 'before the effect' ? 'begin' : 'end';
}

/** Playbooks that are not run by a unit of the host end with the worker. */
export function endsWithItsCaller({ system, args: [run] }: OutsideCall): boolean {
  return system === 'ansible' && isRecord(run) && !outlivingPlaybooks.includes(String(run['playbook']));
}
