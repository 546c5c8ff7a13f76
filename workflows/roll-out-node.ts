import { condition, getExternalWorkflowHandle, proxyActivities, setHandler } from '@temporalio/workflow';
import type { HostActivities } from '../activities/hosts.js';
import type { InstanceActivities } from '../activities/instances.js';
import type { NodeActivities } from '../activities/nodes.js';
import { nodeParts, nodeStep, type NodePart } from '../model/steps.js';
import { activityOptions } from './activity-options.js';
import { childResult, createChildSteps } from './child-steps.js';
import {
  ansibleTaskQueue,
  controlPlaneReadySignal,
  nodeStatusQuery,
  type ChildResult,
  type RollOutNodeInput,
} from './contract.js';
import { Stopped } from './failures.js';
import { runStep } from './run-step.js';

/** Takes one node from nothing to Ready: instance → reachable → prepared → init or join → labelled → Ready. */
export async function rollOutNode(input: RollOutNodeInput): Promise<ChildResult> {
  const { plan, node, parent } = input;
  const target = { plan, node };
  const steps = createChildSteps({
    title: `node ${node.name}`,
    cluster: plan.cluster,
    names: nodeParts(node.role).map((part) => nodeStep(node.name, part)),
    parent,
  });
  let controlPlaneReady = input.controlPlaneReady;
  setHandler(controlPlaneReadySignal, () => {
    controlPlaneReady = true;
  });
  setHandler(nodeStatusQuery, () => ({ node: node.name, steps: [...steps.statuses.values()] }));

  const run = (part: NodePart, act: () => Promise<{ readonly changed: boolean }>) =>
    runStep(steps, nodeStep(node.name, part), act);
  const options = (part: NodePart) => ({
    summary: nodeStep(node.name, part),
    // everybody waits for the control plane: where there is a queue, it goes first (1 is the highest, 3 the default)
    priority: { priorityKey: node.role === 'control-plane' ? 1 : 3 },
  });

  return childResult(steps, async () => {
    await run('instance', () => mutate.ensureInstance.executeWithOptions(options('instance'), [target]));
    await run('reachable', () => long.waitUntilReachable.executeWithOptions(options('reachable'), [target]));
    await run('prepared', () => ansible.prepareHost.executeWithOptions(options('prepared'), [target]));
    if (node.role === 'control-plane') {
      await run('init', () => ansible.initControlPlane.executeWithOptions(options('init'), [target]));
      await getExternalWorkflowHandle(parent.workflowId, parent.runId).signal(controlPlaneReadySignal);
      await run('cni', () => ansible.installPodNetwork.executeWithOptions(options('cni'), [target]));
    } else {
      await condition(() => controlPlaneReady || steps.stopping);
      if (!controlPlaneReady) throw new Stopped(`stopped before ${node.name} joined`);
      await run('join', () => ansible.joinNode.executeWithOptions(options('join'), [target]));
    }
    await run('labelled', () => mutate.labelNode.executeWithOptions(options('labelled'), [target]));
    await run('ready', () => long.waitForNodeReady.executeWithOptions(options('ready'), [target]));
  });
}

const mutate = proxyActivities<InstanceActivities & NodeActivities>(activityOptions.mutate);
const long = proxyActivities<HostActivities & NodeActivities>(activityOptions.long);
const ansible = proxyActivities<HostActivities>({ ...activityOptions.long, taskQueue: ansibleTaskQueue });
