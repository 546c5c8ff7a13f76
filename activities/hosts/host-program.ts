import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { CommandOutcome, Ssh, SshTarget } from '../../systems/ssh/ssh.js';

/** Installed on every host by the role node_base. */
const program = '/usr/local/sbin/groundswell-host';

/** What a host says about itself; see `facts` in the program. */
export interface HostFacts {
  readonly machineId: string;
  readonly bootId: string;
  /** Digest of the roles and inputs that it was prepared with; empty when it was not. */
  readonly prepared: string;
  /** A Node of its name has its machine id and boot id, and its kubelet is healthy. */
  readonly joined: boolean;
  /** Something of a join is on its disk. */
  readonly joinBegun: boolean;
  /** The bootstrap credentials are still there, which a finished join removes. */
  readonly bootstrapLeft: boolean;
  /** It has no credentials of a kubelet, so it never was a Node. `false` also when it does not say. */
  readonly neverJoined: boolean;
  /** `false` also when it does not say. */
  readonly kubeletHealthy: boolean;
  /** The transient unit of this generation's join is at work. */
  readonly joinRuns: boolean;
}

/** The Node of a name as the API server has it. */
export interface NodeIdentity {
  readonly machineId: string;
  readonly ready: boolean;
}

export interface HostCall {
  readonly ssh: Ssh;
  readonly host: SshTarget;
  readonly options: CallOptions;
}

/** The facts of a host; `undefined` when it was never prepared. Fails with `HostUnreachable`. */
export async function hostFacts(call: HostCall, generation: number): Promise<HostFacts | undefined> {
  const outcome = await runHostProgram(call, ['facts', String(generation)]);
  if (outcome.exitCode !== 0) return undefined;
  const values = keyValues(outcome.stdout);
  const yes = (key: string): boolean => values.get(key) === 'yes';
  return {
    machineId: values.get('machineId') ?? '',
    bootId: values.get('bootId') ?? '',
    prepared: values.get('prepared') ?? '',
    joined: yes('joined'),
    joinBegun: yes('joinBegun'),
    bootstrapLeft: yes('bootstrapLeft'),
    neverJoined: values.get('kubeletConfig') === 'no',
    kubeletHealthy: yes('kubeletHealthy'),
    joinRuns: yes('joinRuns'),
  };
}

/** What `kubeadm init` should have left and has not; empty when it is done. Fails with `HostUnreachable`. */
export async function initMissing(call: HostCall): Promise<readonly string[]> {
  const outcome = await runHostProgram(call, ['init-missing']);
  if (outcome.exitCode !== 0) return ['groundswell-host'];
  return outcome.stdout.split('\n').filter((line) => line !== '');
}

/** Waits up to a minute for a join that was begun to end by itself, as it does after a boot. Whether it did. */
export async function finishJoin(call: HostCall): Promise<boolean> {
  return (await runHostProgram(call, ['finish-join', '60'])).exitCode === 0;
}

/** Waits up to a minute, and only looks, until a host that joined before is well again, as after a boot. Whether it is. */
export async function waitUntilJoined(call: HostCall): Promise<boolean> {
  return (await runHostProgram(call, ['wait-joined', '60'])).exitCode === 0;
}

/** The Node of a name, asked on the control plane; `undefined` when there is none. Fails with `KubernetesUnavailable`. */
export async function nodeIdentity(controlPlane: HostCall, node: string): Promise<NodeIdentity | undefined> {
  const values = keyValues(await mustRunHostProgram(controlPlane, ['node', node]));
  const machineId = values.get('machineId');
  return machineId === undefined ? undefined : { machineId, ready: values.get('ready') === 'True' };
}

/** Deletes the Node of a name on the control plane. Fails with `KubernetesUnavailable`. */
export async function deleteNode(controlPlane: HostCall, node: string): Promise<void> {
  await mustRunHostProgram(controlPlane, ['delete-node', node]);
}

/** A bootstrap token for one node, for half an hour, and the hash of the CA. Fails with `KubernetesUnavailable`. */
export async function mintToken(
  controlPlane: HostCall,
  node: string,
): Promise<{ readonly token: string; readonly caCertHash: string }> {
  const values = keyValues(await mustRunHostProgram(controlPlane, ['mint-token', node]));
  const token = values.get('token');
  const caCertHash = values.get('caCertHash');
  if (token !== undefined && caCertHash !== undefined) return { token, caCertHash };
  throw new RolloutError('KubernetesUnavailable', `node ${node}: kubeadm on ${controlPlane.host.node} gave no token`);
}

/** The certificates of a control plane as text, see `certificates` in the program. Fails with `KubernetesUnavailable` when it does not say. */
export async function certificatesText(controlPlane: HostCall): Promise<string> {
  return mustRunHostProgram(controlPlane, ['certificates']);
}

/**
 * Renews the certificates of a control plane in a unit of the host, with the kubelet's own certificate when `kubelet`
 * is set. Restarts the programs that serve with them. Nothing is done when they are not as they were `seen` any more.
 * Never fails for what the unit says.
 */
export async function renewCertificates(
  controlPlane: HostCall,
  { seen, kubelet }: { readonly seen: string; readonly kubelet: boolean },
): Promise<CommandOutcome> {
  const args = ['renew-certificates', seen, ...(kubelet ? ['kubelet'] : [])];
  return runHostProgram(controlPlane, args, 15 * 60_000);
}

/** Revokes every token that was minted for joins of a node. Fails with `KubernetesUnavailable`. */
export async function revokeTokens(controlPlane: HostCall, node: string): Promise<void> {
  await mustRunHostProgram(controlPlane, ['revoke-tokens', node]);
}

async function mustRunHostProgram(call: HostCall, args: readonly string[]): Promise<string> {
  const outcome = await runHostProgram(call, args);
  if (outcome.exitCode === 0) return outcome.stdout;
  const said = outcome.stderr.trim().split('\n').at(-1) ?? '';
  throw new RolloutError('KubernetesUnavailable', `node ${call.host.node}: ${args[0] ?? ''}: ${said}`, {
    details: outcome.stderr.slice(-4000),
  });
}

async function runHostProgram(
  { ssh, host, options }: HostCall,
  args: readonly string[],
  timeoutMs = 180_000,
): Promise<CommandOutcome> {
  return ssh.run(host, ['sudo', '-n', program, ...args].join(' '), { ...options, timeoutMs });
}

function keyValues(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\n').filter((line) => line.includes('='));
  return new Map(pairs.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
