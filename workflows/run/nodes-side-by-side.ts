import { condition, setHandler } from '@temporalio/workflow';
import { nodeOfStep } from '../../model/names/parse-step.js';
import type { PlannedNode } from '../../model/plan/plan.js';
import type { PlanRun } from './plan-run.js';
import type { Child } from './child.js';
import { controlPlaneReadySignal, nodeSkippedSignal } from '../contract/message-definitions.js';
import { nodeWorkflowId, parseWorkflowId, type RollOutWorkflow } from '../../model/names/workflow-ids.js';
import { planReference, type PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { workflowFailure } from '../workflow-failure.js';
import { Stopped, rethrowMostSevere } from '../step/step-outcomes.js';
import { rollOutNode } from '../roll-out-node.js';
import { runChild } from './run-child.js';
import { tellNodeReady } from './tell-waves.js';

/**
 * How many nodes are rolled out at the same time, those not counted that wait for a person. So a large cluster takes no
 * more of a worker's memory and leaves no more instances idle than a small one. Its later nodes need no message that
 * the control plane answers.
 */
const mostNodesAtOnce = 100;

/**
 * Rolls all nodes out side by side, one child each; a node that needs nothing has none. While waves go on a plan may be
 * approved in place of a stale one: nodes that it changes are rolled out too.
 */
export async function rollOutNodesSideBySide(run: PlanRun, wavesEnded: () => boolean): Promise<void> {
  setHandler(controlPlaneReadySignal, async () => {
    run.controlPlaneAnswers();
    const children = childrenOf(run, 'node');
    await Promise.allSettled(children.map((child) => child.signal(controlPlaneReadySignal)));
  });
  const { steps } = run;
  for (;;) {
    await rollOutOpenNodes(run);
    const open = (): boolean => openNodes(run).length > 0;
    await condition(() => open() || steps.stopping || wavesEnded());
    if (!open()) return;
  }
}

/** Whether its present host goes first. Such nodes begin last, and few at a time. */
function leaves({ replaces }: PlannedNode): boolean {
  return replaces !== undefined;
}

function openNodes({ now: { plan, readyNodes, skippedNodes } }: PlanRun): readonly PlannedNode[] {
  return plan.nodes.filter(({ op, name }) => op !== 'none' && !readyNodes.has(name) && !skippedNodes.has(name));
}

async function rollOutOpenNodes(run: PlanRun): Promise<void> {
  const { steps, parked } = run;
  let open = 0;
  // a host that leaves and parks counts: its node is away for as long
  let leaving = 0;
  const isFull = (): boolean => {
    if (open < mostNodesAtOnce) return false;
    return open - parked.list().filter(({ step }) => nodeOfStep(step) !== undefined).length >= mostNodesAtOnce;
  };
  const outcomes: Promise<readonly PromiseSettledResult<void>[]>[] = [];
  for (const node of openNodes(run).toSorted((a, b) => Number(leaves(a)) - Number(leaves(b)))) {
    const mayBegin = (): boolean => !isFull() && !(leaves(node) && leaving >= (run.now.plan.leaveAtOnce ?? Infinity));
    if (!mayBegin()) await condition(() => mayBegin() || steps.stopping);
    open += 1;
    if (leaves(node)) leaving += 1;
    const one = steps.stopping
      ? Promise.reject(new Stopped(`stopped before ${node.name}`))
      : rollOutOne(run, node.name);
    outcomes.push(
      Promise.allSettled([
        one.finally(() => {
          open -= 1;
          if (leaves(node)) leaving -= 1;
        }),
      ]),
    );
  }
  rethrowMostSevere((await Promise.all(outcomes)).flat());
}

async function rollOutOne(run: PlanRun, name: string): Promise<void> {
  let told = false;
  const { skipped } = await runChild(run, {
    title: `node ${name}`,
    workflowId: nodeWorkflowId(run.now.plan.cluster, name),
    workflow: rollOutNode,
    input: (parent) => {
      told = run.now.controlPlaneReady;
      const { plan } = run.now;
      const node = plannedNode(plan, name);
      const { paused } = run.steps;
      const { confirmed } = run.input.wishes ?? {};
      const typed = confirmed === undefined ? {} : { confirmed };
      return { plan: planReference(plan), node, ...typed, parent, controlPlaneReady: told, paused };
    },
    state: (state) => {
      run.nodeIs(name, state);
    },
    // the control plane may have answered between the making of the input and the start
    started: async (child) => {
      if (run.now.controlPlaneReady && !told) await child.signal(controlPlaneReadySignal);
    },
  });
  if (skipped.length === 0) {
    run.nodeReady(name);
    await tellNodeReady(run, name);
    return;
  }
  run.nodeSkipped(name);
  const waves = childrenOf(run, 'wave');
  await Promise.allSettled(waves.map((child) => child.signal(nodeSkippedSignal, { node: name })));
}

/** The open children of one kind. */
function childrenOf({ now }: Pick<PlanRun, 'now'>, kind: RollOutWorkflow['kind']): readonly Child[] {
  return [...now.children].flatMap(([id, child]) => (parseWorkflowId(id)?.kind === kind ? [child] : []));
}

function plannedNode(plan: PlanSkeleton, name: string): PlannedNode {
  const node = plan.nodes.find((each) => each.name === name);
  if (node !== undefined) return node;
  throw workflowFailure('PlanMissing', `plan ${plan.digest}: it has no node ${name}`);
}
