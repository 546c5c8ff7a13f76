import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { CertificateActivities } from '../activities/hosts/certificates.js';
import type { FencingActivities } from '../activities/fencing.js';
import type { HostActivities } from '../activities/hosts/hosts.js';
import type { InstanceActivities } from '../activities/instances.js';
import type { NodeActivities } from '../activities/nodes.js';
import { nodeParts, nodeStep, type NodePart } from '../model/steps.js';
import { activityOptions } from './step/activity-options.js';
import { childResult, createChildSteps, tellLock } from './step/child-steps.js';
import {
  ansibleTaskQueue,
  controlPlaneReadySignal,
  nodeStatusQuery,
  type ChildResult,
  type RollOutNodeInput,
} from './contract.js';
import { Amended, Replaced, Skipped, Stopped } from './step/step-outcomes.js';
import { runStep } from './step/run-step.js';
import { setStepStatus } from './step/steps.js';

/** Takes one node from nothing to Ready: instance → reachable → prepared → init or join → labelled → Ready; certificates that expire are renewed before init. */
export async function rollOutNode(input: RollOutNodeInput): Promise<ChildResult> {
  const { parent } = input;
  const { name, role } = input.node;
  // another plan, where a person approved one; another generation, where the host is replaced
  let target = { plan: input.plan, node: input.node };
  const parts = () => nodeParts(role, target.node.certificates !== undefined);
  const steps = createChildSteps({
    title: `node ${name}`,
    cluster: input.plan.cluster,
    names: parts().map((part) => nodeStep(name, part)),
    parent,
    paused: input.paused,
    amend: ({ plan, node }) => {
      target = { plan, node: node ?? target.node };
      throw new Amended(`${name} goes on by plan ${plan.digest}`);
    },
  });
  let controlPlaneReady = input.controlPlaneReady;
  setHandler(controlPlaneReadySignal, () => {
    controlPlaneReady = true;
  });
  setHandler(nodeStatusQuery, () => ({ node: name, steps: [...steps.statuses.values()] }));

  const run = (part: NodePart, act: () => Promise<{ readonly changed: boolean }>) =>
    runStep(steps, nodeStep(name, part), act);
  const options = (part: NodePart) => ({
    summary: nodeStep(name, part),
    // everybody waits for the control plane: where there is a queue, it goes first (1 is the highest, 3 the default)
    priority: { priorityKey: role === 'control-plane' ? 1 : 3 },
  });

  const renew = () =>
    run('certificates', () => long.renewCertificates.executeWithOptions(options('certificates'), [target]));
  const tellControlPlaneReady = () => tellLock(parent, (lock) => lock.signal(controlPlaneReadySignal));

  const rollOut = async (): Promise<void> => {
    if (target.node.certificates === 'renew only') {
      await renew();
      await tellControlPlaneReady();
      return;
    }
    await run('instance', () => mutate.ensureInstance.executeWithOptions(options('instance'), [target]));
    await run('reachable', () => long.waitUntilReachable.executeWithOptions(options('reachable'), [target]));
    await run('prepared', () => ansible.prepareHost.executeWithOptions(options('prepared'), [target]));
    if (role === 'control-plane') {
      if (target.node.certificates !== undefined) await renew();
      await run('init', () => ansible.initControlPlane.executeWithOptions(options('init'), [target]));
      await tellControlPlaneReady();
      await run('cni', () => ansible.installPodNetwork.executeWithOptions(options('cni'), [target]));
    } else {
      await condition(() => controlPlaneReady || steps.stopping);
      if (!controlPlaneReady) throw new Stopped(`stopped before ${name} joined`);
      await run('join', () => ansible.joinNode.executeWithOptions(options('join'), [target]));
    }
    await run('labelled', () => mutate.labelNode.executeWithOptions(options('labelled'), [target]));
    await run('ready', () => long.waitForNodeReady.executeWithOptions(options('ready'), [target]));
  };

  const forget = (): void => {
    for (const part of parts()) setStepStatus(steps, { step: nodeStep(name, part), state: 'not begun' });
  };
  /** In this order: a host that still runs must not meet its successor. */
  const replaceHost = async (confirmed: readonly string[]): Promise<void> => {
    await run('fenced', () => long.fenceNode.executeWithOptions(options('fenced'), [{ ...target, confirmed }]));
    target = { ...target, node: { ...target.node, generation: target.node.generation + 1 } };
  };

  return childResult(steps, async () => {
    for (;;) {
      let answer = await answerTo(rollOut);
      if (answer === undefined) return;
      while (answer instanceof Replaced) {
        const { confirmed } = answer;
        answer = await answerTo(() => replaceHost(confirmed));
      }
      if (answer instanceof Skipped) return;
      forget();
    }
  });
}

/** What a person answered to a step that failed in between; nothing when none had to. */
async function answerTo(act: () => Promise<void>): Promise<Skipped | Replaced | Amended | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof Skipped || error instanceof Replaced || error instanceof Amended) return error;
    throw error;
  }
}

const mutate = proxyActivities<InstanceActivities & NodeActivities>(activityOptions.mutate);
const long = proxyActivities<CertificateActivities & FencingActivities & HostActivities & NodeActivities>(
  activityOptions.long,
);
const ansible = proxyActivities<HostActivities>({ ...activityOptions.long, taskQueue: ansibleTaskQueue });
