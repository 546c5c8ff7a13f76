import { controlPlaneOf } from '../spec/control-plane-of.js';
import { canonicalJson } from '../canonical-json.js';
import { firstExpiry } from './certificates.js';
import { differingPaths, settledSettings } from '../facts/cluster-record.js';
import { dataOnNodes } from './data-on-nodes.js';
import type { ClusterFacts } from '../facts/facts.js';
import { lostState } from './lost-control-plane.js';
import { destroyedSteps } from './destroyed-steps.js';
import type { Plan, PlanStep, StepDraft } from './plan.js';
import { leaveAtOnce, planRemovals } from './plan-removals.js';
import type { PlanWishes } from './plan-skeleton.js';
import type { RenderedUnit } from '../kubernetes/rendered-unit.js';
import { planNetwork } from './plan-network.js';
import { planNode } from './plan-node.js';
import { planUnits } from './plan-units.js';
import { plannedMachines } from '../spec/planned-machine.js';
import { renewalFirst, type PlanParts } from './renewal-first.js';
import type { ClusterSpec } from '../spec/spec.js';
import { type StepId, verifyStep } from '../steps.js';
import { nodeStep, unitStep } from '../steps.js';

export interface ComputePlanInput {
  readonly spec: ClusterSpec;
  readonly facts: ClusterFacts;
  readonly units: readonly RenderedUnit[];
  /** By node: digest of the roles and inputs that its host should be prepared with. Without one, a Node that exists counts as prepared. */
  readonly preparedDigests?: Readonly<Record<string, string>>;
  /** What a person asks for beside the spec. Default: nothing. */
  readonly wishes?: PlanWishes;
  /** Hash of a text, such as hexadecimal SHA-256. */
  readonly digest: (text: string) => string;
}

/**
 * The ordered difference between spec and facts: network, nodes (the control plane first), units by wave, what goes, verify.
 * Every step is listed, `none` where the facts show it done; each needs only steps before it.
 * The same input gives the same plan. Fails with `SpecInvalid` when the spec has no control plane, which no parsed one lacks.
 */
export function computePlan(input: ComputePlanInput): Plan {
  const { spec, facts, wishes = {} } = input;
  const controlPlane = controlPlaneOf(spec).name;
  const network = planNetwork(spec, facts.network);
  const data = dataOnNodes(spec.nodes, facts, input.units);
  const nodes = spec.nodes
    .toSorted((a, b) => Number(a.role === 'worker') - Number(b.role === 'worker'))
    .map((node) => {
      const preparedDigest = input.preparedDigests?.[node.name];
      return planNode({ spec, facts, node, controlPlane, preparedDigest, data: data.get(node.name) ?? [], wishes });
    });
  const units = planUnits({ spec, facts, units: input.units, controlPlane });
  const removals = planRemovals({ spec, facts, wishes });
  const drafts = [
    ...network,
    ...nodes.flatMap((node) => node.steps),
    ...units.map((unit) => unit.step),
    ...removals.steps,
  ];
  const { steps, ...parts } = renewalFirst(
    {
      steps: [
        ...drafts,
        draftVerify(input, {
          changesOthers: drafts.some(({ op }) => op !== 'none'),
          foreign: removals.foreign,
        }),
      ],
      nodes: nodes.map(({ node }) => node),
      units: units.map(({ unit }) => unit),
      removals: { nodes: removals.nodes, units: removals.units },
    },
    facts,
  );
  const expiry = firstExpiry(controlPlane, facts.certificates);
  const digestOf = (value: unknown): string => input.digest(canonicalJson(value));
  const loses = lostState(spec, facts);
  const settings = settingsThatDiffer(spec, facts);
  const machines = plannedMachines(spec, parts.nodes);
  const plan = {
    ...(loses === undefined ? {} : { loses }),
    ...(settings.length === 0 ? {} : { settings }),
    cluster: spec.cluster,
    region: spec.region,
    account: facts.account,
    endpoint: spec.controlPlaneEndpoint,
    image: facts.image,
    steps: steps.map((draft) => withDigest(draft, digestOf)),
    ...withoutNothing(parts),
    ...leaving(spec, parts),
    ...destroyed(spec, steps),
    ...(machines.length === 0 ? {} : { machines }),
    ...(expiry === undefined ? {} : { expiry }),
  };
  return { ...plan, digest: digestOf(whatIsApproved(plan, input)) };
}

/** A plan that removes nothing says nothing of it. */
function withoutNothing<Parts extends Pick<PlanParts, 'removals'>>({ removals, ...parts }: Parts) {
  const goes = removals.nodes.length + removals.units.length > 0;
  return { ...parts, ...(goes ? { removals } : {}) };
}

function leaving(
  spec: ClusterSpec,
  { nodes, removals }: Pick<PlanParts, 'nodes' | 'removals'>,
): Pick<Plan, 'leaveAtOnce'> {
  const leaves = removals.nodes.length > 0 || nodes.some(({ replaces }) => replaces !== undefined);
  return leaves ? { leaveAtOnce: leaveAtOnce(spec) } : {};
}

function destroyed(spec: ClusterSpec, steps: readonly StepDraft[]): Pick<Plan, 'destroys'> {
  const destroys = destroyedSteps(spec, steps);
  return destroys.length === 0 ? {} : { destroys };
}

function withDigest({ wanted, found, ...step }: StepDraft, digestOf: (value: unknown) => string): PlanStep {
  const basis = { step: step.step, op: step.op, wanted: wanted ?? null, found: found ?? null };
  return { ...step, digest: digestOf(basis) };
}

/** Settings that take effect by themselves are recorded by whatever roll-out is verified; alone they are a change of their own. */
function draftVerify(
  { spec, facts, units }: ComputePlanInput,
  { changesOthers, foreign }: { readonly changesOthers: boolean; readonly foreign: readonly string[] },
): StepDraft {
  const lastWave = Math.max(...units.map(({ wave }) => wave));
  const needs: readonly StepId[] = [
    ...spec.nodes.map(({ name }) => nodeStep(name, 'ready')),
    ...units.filter(({ wave }) => wave === lastWave).map(({ wave, name }) => unitStep(wave, name)),
  ];
  const step = {
    step: verifyStep,
    stage: 'verify',
    ...judgeSettings(spec, facts, changesOthers),
    needs,
    wanted: null,
  } as const;
  if (foreign.length === 0) return step;
  const names = foreign.map((name) => `node ${name}`).join(', ');
  return { ...step, note: `not in the spec, not made by Groundswell, and not touched: ${names}` };
}

function judgeSettings(
  spec: ClusterSpec,
  facts: ClusterFacts,
  changesOthers: boolean,
): Pick<StepDraft, 'op' | 'reason'> {
  if (changesOthers) return { op: 'none', reason: 'checks the cluster, and records the settings' };
  if (facts.kubernetes?.record.settled === undefined)
    return { op: 'create', reason: 'no roll-out has been verified yet' };
  const differing = settingsThatDiffer(spec, facts);
  if (differing.length === 0) return { op: 'none', reason: 'checks the cluster, and changes nothing' };
  return { op: 'change', reason: `records ${differing.join(', ')}` };
}

function settingsThatDiffer(spec: ClusterSpec, { kubernetes }: ClusterFacts): readonly string[] {
  return differingPaths(kubernetes?.record.settled ?? {}, settledSettings(spec));
}

function whatIsApproved(plan: Omit<Plan, 'digest'>, { spec }: ComputePlanInput): unknown {
  return {
    spec,
    account: plan.account,
    region: plan.region,
    endpoint: plan.endpoint,
    image: plan.image?.id ?? null,
    steps: plan.steps.map(({ step, digest }) => ({ step, digest })),
    ...(plan.loses === undefined ? {} : { loses: plan.loses }),
  };
}
