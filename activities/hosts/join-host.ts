import { RolloutError } from '../../model/rollout-error.js';
import type { PlaybookRun } from '../../systems/ansible/ansible.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { decideJoin, resetRefusal } from './decide-join.js';
import {
  deleteNode,
  finishJoin,
  hostFacts,
  mintToken,
  nodeIdentity,
  revokeTokens,
  waitUntilJoined,
  type HostCall,
  type HostFacts,
} from './host-program.js';
import type { HostOutcome } from './host-outcome.js';
import type { OnInstance } from './host-target.js';
import { joinVariables } from './playbook-variables.js';

interface Join {
  readonly ssh: Ssh;
  readonly options: CallOptions;
  readonly on: OnInstance;
  readonly controlPlane: OnInstance;
  readonly runPlaybook: (run: PlaybookRun) => Promise<HostOutcome>;
}

/**
 * Brings a host to where it has joined, from wherever an earlier attempt left it. Fails as `joinNode` does, and with
 * `NodeNotReady` when the host joined before and is unhealthy. Fails with `KubeadmFailed` when the host needs a reset
 * and nothing proves that a reset loses nothing.
 */
export async function joinHost(join: Join): Promise<HostOutcome> {
  const { node, instance, host } = join.on;
  const worker: HostCall = { ssh: join.ssh, host, options: join.options };
  const facts = await hostFacts(worker, instance.generation);
  if (facts === undefined)
    throw new RolloutError(
      'HostNotReady',
      `node ${node.name}: ${host.address}: expected a host with the facts that prepareNode writes, found none`,
    );

  switch (decideJoin(facts)) {
    case 'nothing':
      // of an attempt whose worker died before it could
      await revokeQuietly(join);
      return { changed: false };
    case 'attach':
      return runJoin(join, false);
    case 'finish':
      join.options.onProgress?.('an earlier join was cut off; this one waits until the kubelet ends it');
      if (await finishJoin(worker)) {
        await revokeQuietly(join);
        return { changed: true };
      }
      await removeNode(join, await hostFacts(worker, instance.generation));
      return runJoin(join, true);
    case 'wait':
      if (await waitUntilJoined(worker)) return { changed: false };
      throw notWell(join.on, facts);
    case 'join':
      // kubeadm refuses a name whose Node is Ready, and an old Node would lend its identity to this host
      await removeNode(join, facts);
      return runJoin(join, false);
  }
}

function notWell({ node, host }: OnInstance, { kubeletHealthy }: HostFacts): RolloutError {
  const found = kubeletHealthy
    ? 'a kubelet whose API server does not answer, or knows another machine under this name'
    : 'an unhealthy kubelet';
  return new RolloutError(
    'NodeNotReady',
    `node ${node.name}: ${host.address}: it joined before; expected a healthy kubelet, found ${found}; ` +
      'Groundswell neither resets the host nor deletes its Node',
  );
}

async function runJoin(join: Join, reset: boolean): Promise<HostOutcome> {
  const { ssh, options, on, controlPlane } = join;
  const onControlPlane: HostCall = { ssh, host: controlPlane.host, options };
  const { token, caCertHash } = await mintToken(onControlPlane, on.node.name);
  const outcome = await join.runPlaybook({
    playbook: 'join',
    host: on.host,
    variables: joinVariables({ ...on, controlPlane: controlPlane.instance, caCertHash, reset }),
    secretVariables: { node_join_token: token },
  });
  // not after a failure: a kubelet that got the token may still end the join by itself with it
  await revokeQuietly(join);
  return outcome;
}

/** Removes a Node of this name that is not a working one. Fails with `KubeadmFailed` where that cannot be said. */
async function removeNode({ ssh, options, on, controlPlane }: Join, facts: HostFacts | undefined): Promise<void> {
  const call: HostCall = { ssh, host: controlPlane.host, options };
  const known = await nodeIdentity(call, on.node.name);
  const refusal = facts === undefined ? 'the host does not name its machine' : resetRefusal(facts, known);
  if (refusal !== undefined) {
    throw new RolloutError(
      'KubeadmFailed',
      `node ${on.node.name}: a join was cut off, but Groundswell does not reset the host: ${refusal}`,
    );
  }
  if (known === undefined) return;
  options.onProgress?.(`deleting the Node ${on.node.name} of machine ${known.machineId}`);
  await deleteNode(call, on.node.name);
}

/** A token that cannot be revoked ends by itself after half an hour: no reason to fail a join that succeeded. */
async function revokeQuietly({ ssh, options, on, controlPlane }: Join): Promise<void> {
  try {
    await revokeTokens({ ssh, host: controlPlane.host, options }, on.node.name);
  } catch (error) {
    options.onProgress?.(error instanceof Error ? error.message : String(error));
  }
}
