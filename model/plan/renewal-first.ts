import { nodePartOf } from '../names/parse-step.js';
import { isHiddenByCertificates, judgeCertificates } from './certificates.js';
import type { ClusterFacts } from '../facts/facts.js';
import type { PlannedNode, PlannedUnit, Removals, StepDraft } from './plan.js';

/** The parts of a plan before their digests are taken. */
export interface PlanParts {
  readonly steps: readonly StepDraft[];
  readonly nodes: readonly PlannedNode[];
  readonly units: readonly PlannedUnit[];
  readonly removals: Removals;
  /** Why nothing could be seen of Kubernetes. */
  readonly hidden?: string;
}

/**
 * The parts of a plan. If certificates hide Kubernetes, only their renewal: the effect of the other steps is unknown
 * until the API answers again.
 */
export function renewalFirst(parts: PlanParts, facts: ClusterFacts): PlanParts {
  const { certificates } = facts;
  if (certificates === undefined || !isHiddenByCertificates(facts)) return parts;
  return {
    steps: parts.steps.map((step) => (nodePartOf(step.step) === 'certificates' ? step : unseen(step))),
    nodes: parts.nodes.map((node) =>
      node.role === 'control-plane'
        ? { ...node, op: 'change', certificates: 'renew only' }
        : { ...node, op: 'none' as const },
    ),
    units: parts.units.map((unit) => ({ ...unit, op: 'none' })),
    removals: { nodes: [], units: [] },
    hidden: judgeCertificates(certificates).reason,
  };
}

function unseen({ step, stage, needs }: StepDraft): StepDraft {
  return { step, stage, needs, op: 'none', reason: 'unknown until this plan renews the certificates', wanted: null };
}
