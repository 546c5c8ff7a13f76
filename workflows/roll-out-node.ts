import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { CertificateActivities } from '../activities/hosts/certificates.js';
import type { DrainActivities } from '../activities/removal/drain.js';
import type { FencingActivities } from '../activities/removal/fencing.js';
import type { HostActivities } from '../activities/hosts/hosts.js';
import type { InstanceActivities } from '../activities/instances.js';
import type { NodeActivities } from '../activities/nodes.js';
import type { TearDownActivities } from '../activities/removal/tear-down.js';
import { nodeSteps } from '../model/step-table.js';
import { leavingParts, nodeParts, nodeRow, nodeStep, type NodePart } from '../model/steps.js';
import { activityOptions } from './step/activity-options.js';
import { childResult, createChildSteps, tellLock } from './step/child-steps.js';
import { ansibleTaskQueue } from './contract/task-queues.js';
import { controlPlaneReadySignal, nodeStatusQuery } from './contract/message-definitions.js';
import type { ChildResult, RollOutNodeInput } from './contract/inputs.js';
import { Amended, Replaced, Skipped, Stopped } from './step/step-outcomes.js';
import { runStep } from './step/run-step.js';
import { setStepStatus } from './step/steps.js';

/**
 * Takes one node from nothing to Ready, by the steps of the table in their order. A host that another one replaces leaves
 * first. A worker joins when the control plane answers; a control plane whose certificates keep everything else unseen is rolled out no further than their renewal.
 */
export async function rollOutNode(input: RollOutNodeInput): Promise<ChildResult> {
  const { parent } = input;
  const { name, role } = input.node;
  // another plan, where a person approved one; another generation, where the host is replaced
  let target = { plan: input.plan, node: input.node };
  const parts = () => {
    const { certificates, replaces } = target.node;
    return nodeParts(role, { certificates: certificates !== undefined, replaced: replaces !== undefined });
  };
  const steps = createChildSteps({
    title: `node ${name}`,
    cluster: input.plan.cluster,
    names: parts().map((part) => nodeStep(name, part)),
    parent,
    paused: input.paused,
    amend: ({ plan, node }) => {
      target = { plan, node: node ?? target.node };
      throw new Amended(`${name} continues with plan ${plan.digest}`);
    },
  });
  let controlPlaneReady = input.controlPlaneReady;
  setHandler(controlPlaneReadySignal, () => {
    controlPlaneReady = true;
  });
  setHandler(nodeStatusQuery, () => ({ node: name, steps: [...steps.statuses.values()] }));

  // everybody waits for the control plane: where there is a queue, it goes first (1 is the highest, 3 the default)
  const priority = { priorityKey: role === 'control-plane' ? 1 : 3 };
  const run = (part: NodePart, confirmed?: readonly string[]) => {
    const step = nodeStep(name, part);
    const given = () => {
      const { replaces: generation = target.node.generation } = target.node;
      const node = leavingParts.includes(part) ? { ...target.node, generation } : target.node;
      return { ...target, node, ...(confirmed === undefined ? {} : { confirmed }) };
    };
    return runStep(steps, step, () => activityOf(part).executeWithOptions({ summary: step, priority }, [given()]));
  };
  const untilControlPlaneReady = async (): Promise<void> => {
    await condition(() => controlPlaneReady || steps.stopping);
    if (!controlPlaneReady) throw new Stopped(`stopped before ${name} joined`);
  };

  const rollOut = async (): Promise<void> => {
    const renewsOnly = target.node.certificates === 'renew only';
    for (const part of renewsOnly ? (['certificates'] as const) : parts()) {
      if (nodeRow(part).needs?.includes('control plane') === true) await untilControlPlaneReady();
      await run(part, leavingParts.includes(part) ? (input.confirmed ?? []) : undefined);
      if (part === 'fenced') hasLeft();
      if (part === 'init' || renewsOnly) await tellLock(parent, (lock) => lock.signal(controlPlaneReadySignal));
    }
  };

  /** The old host is gone: whatever begins again is about the new one. */
  const hasLeft = (): void => {
    const { replaces: _, ...node } = target.node;
    target = { ...target, node };
  };
  const forget = (): void => {
    for (const part of parts()) setStepStatus(steps, { step: nodeStep(name, part), state: 'not begun' });
  };
  /** In this order: a host that still runs must not meet its successor. */
  const replaceHost = async (confirmed: readonly string[]): Promise<void> => {
    await run('fenced', confirmed);
    const { replaces, ...node } = target.node;
    target = { ...target, node: { ...node, generation: (replaces ?? node.generation) + 1 } };
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

/** The answer of a person to a step that failed meanwhile; absent when no answer was needed. */
async function answerTo(act: () => Promise<void>): Promise<Skipped | Replaced | Amended | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof Skipped || error instanceof Replaced || error instanceof Amended) return error;
    throw error;
  }
}

type NodeStepActivities = CertificateActivities &
  DrainActivities &
  FencingActivities &
  HostActivities &
  InstanceActivities &
  NodeActivities &
  TearDownActivities;

/** The activity of a step, with the preset and the queue that the table says. */
function activityOf(part: NodePart) {
  const { playbook, takes = 'long' } = nodeRow(part);
  return (playbook === undefined ? presets[takes] : ansible)[nodeSteps[part].activity];
}

const presets = {
  mutate: proxyActivities<NodeStepActivities>(activityOptions.mutate),
  long: proxyActivities<NodeStepActivities>(activityOptions.long),
};
const ansible = proxyActivities<NodeStepActivities>({ ...activityOptions.long, taskQueue: ansibleTaskQueue });
