import { condition, setHandler } from '@temporalio/workflow';
import type { PlannedNode } from '../../model/plan/plan.js';
import type { Application } from './application.js';
import type { Child } from './child.js';
import { controlPlaneReadySignal, nodeSkippedSignal } from '../contract/messages.js';
import { nodeWorkflowId, parseWorkflowId, type RollOutWorkflow } from '../../model/names/workflow-ids.js';
import { planReference, type PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { endWith, Stopped, throwWorst } from '../failures.js';
import { rollOutNode } from '../roll-out-node.js';
import { runChild } from './run-child.js';
import { tellNodeReady } from './tell-waves.js';

/**
 * How many nodes are rolled out at the same time, those not counted that wait for a person. So a large cluster takes no
 * more of a worker's memory and leaves no more instances idle than a small one, and its later nodes need not be told that
 * the control plane answers.
 */
const mostNodesAtOnce = 100;

/**
 * Rolls all nodes out side by side, one child each; a node that needs nothing has none. While waves go on a plan may be
 * approved in place of a stale one: nodes that it changes are rolled out too.
 */
export async function rollOutNodes(application: Application, wavesEnded: () => boolean): Promise<void> {
  setHandler(controlPlaneReadySignal, async () => {
    application.controlPlaneReady = true;
    const children = childrenOf(application, 'node');
    await Promise.allSettled(children.map((child) => child.signal(controlPlaneReadySignal)));
  });
  const { steps } = application;
  for (;;) {
    await rollOutOpenNodes(application);
    const open = (): boolean => openNodes(application).length > 0;
    await condition(() => open() || steps.stopping || wavesEnded());
    if (!open()) return;
  }
}

function openNodes({ plan, readyNodes, skippedNodes }: Application): readonly PlannedNode[] {
  return plan.nodes.filter(({ op, name }) => op !== 'none' && !readyNodes.has(name) && !skippedNodes.has(name));
}

async function rollOutOpenNodes(application: Application): Promise<void> {
  const { steps, parked } = application;
  let open = 0;
  const isFull = (): boolean => {
    if (open < mostNodesAtOnce) return false;
    return open - parked.list().filter(({ step }) => step.startsWith('node/')).length >= mostNodesAtOnce;
  };
  const outcomes: Promise<readonly PromiseSettledResult<void>[]>[] = [];
  for (const node of openNodes(application)) {
    if (isFull()) await condition(() => !isFull() || steps.stopping);
    open += 1;
    const one = steps.stopping
      ? Promise.reject(new Stopped(`stopped before ${node.name}`))
      : rollOutOne(application, node.name);
    outcomes.push(Promise.allSettled([one.finally(() => (open -= 1))]));
  }
  throwWorst((await Promise.all(outcomes)).flat());
}

async function rollOutOne(application: Application, name: string): Promise<void> {
  let told = false;
  const { skipped } = await runChild(application, {
    title: `node ${name}`,
    workflowId: nodeWorkflowId(application.plan.cluster, name),
    workflow: rollOutNode,
    input: (parent) => {
      told = application.controlPlaneReady;
      const { plan } = application;
      const node = plannedNode(plan, name);
      const { paused } = application.steps;
      return { plan: planReference(plan), node, parent, controlPlaneReady: told, paused };
    },
    state: (state) => application.nodeStates.set(name, state),
    // the control plane may have answered between the making of the input and the start
    started: async (child) => {
      if (application.controlPlaneReady && !told) await child.signal(controlPlaneReadySignal);
    },
  });
  if (skipped.length === 0) {
    application.readyNodes.add(name);
    await tellNodeReady(application, name);
    return;
  }
  application.skippedNodes.add(name);
  const waves = childrenOf(application, 'wave');
  await Promise.allSettled(waves.map((child) => child.signal(nodeSkippedSignal, { node: name })));
}

/** The open children of one kind. */
function childrenOf({ children }: Application, kind: RollOutWorkflow['kind']): readonly Child[] {
  return [...children].flatMap(([id, child]) => (parseWorkflowId(id)?.kind === kind ? [child] : []));
}

function plannedNode(plan: PlanSkeleton, name: string): PlannedNode {
  const node = plan.nodes.find((each) => each.name === name);
  if (node !== undefined) return node;
  throw endWith('PlanMissing', `plan ${plan.digest}: it has no node ${name}`);
}
