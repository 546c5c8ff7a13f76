import type { ClusterFacts, UnitFact } from '../facts/facts.js';
import { nodesAskedFor } from './placement.js';
import type { PlannedUnit, StepDraft } from './plan.js';
import type { RenderedUnit } from '../kubernetes/rendered-unit.js';
import type { ClusterSpec } from '../spec/spec.js';
import type { StepId } from '../steps.js';
import { nodeStep, unitStep } from '../steps.js';

export interface PlanUnitsInput {
  readonly spec: ClusterSpec;
  readonly facts: ClusterFacts;
  readonly units: readonly RenderedUnit[];
  /** Name of the control plane. */
  readonly controlPlane: string;
}

export interface UnitPlan {
  readonly unit: PlannedUnit;
  readonly step: StepDraft;
}

/** The units by wave, then in the order of the spec. Each needs all units of the wave before, the control plane, and the nodes of its own pods. */
export function planUnits({ spec, facts, units, controlPlane }: PlanUnitsInput): readonly UnitPlan[] {
  const ordered = units.toSorted((a, b) => a.wave - b.wave);
  return ordered.map((unit) => {
    const { name, wave, digest } = unit;
    const nodes = nodesAskedFor(unit.objects, spec.nodes);
    const fact = facts.kubernetes?.units.find((found) => found.name === name);
    const judged = judge(digest, fact);
    const needs: StepId[] = [
      ...earlierWave(unit, ordered),
      ...[...new Set([controlPlane, ...nodes])].map((node) => nodeStep(node, 'ready')),
    ];
    return {
      unit: { name, wave, op: judged.op, digest, nodes },
      step: { step: unitStep(wave, name), stage: 'waves', ...judged, needs, wanted: digest, found: fact?.digest },
    };
  });
}

function earlierWave(unit: RenderedUnit, ordered: readonly RenderedUnit[]): readonly StepId[] {
  const before = ordered.filter(({ wave }) => wave < unit.wave);
  const last = before.at(-1)?.wave;
  return before.filter(({ wave }) => wave === last).map(({ wave, name }) => unitStep(wave, name));
}

/** A unit is done when its gate held, not when its objects were made. One that was ready and is not now is a remark. */
function judge(digest: string, fact: UnitFact | undefined): Pick<StepDraft, 'op' | 'reason' | 'note'> {
  if (fact === undefined) return { op: 'create', reason: 'not applied yet' };
  if (fact.digest !== digest) return { op: 'change', reason: 'its objects differ from the last applied ones' };
  if (!fact.complete) return { op: 'change', reason: 'some of its objects are missing' };
  if (fact.drift !== undefined) return { op: 'change', reason: fact.drift };
  if (!fact.held) return { op: 'change', reason: 'its gate has not held yet' };
  const done = { op: 'none', reason: 'applied without differences, and its gate held' } as const;
  return fact.notReady === undefined ? done : { ...done, note: `it is not ready now: ${fact.notReady}` };
}
