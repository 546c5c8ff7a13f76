import { parseStep } from '../model/names/parse-step.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import { showUnitLook } from '../model/show/show-unit-look.js';
import { exitCodes } from './exit-codes.js';
import { requireSpec } from './read-spec.js';
import type { Session } from './session.js';

/** A unit as a person names it: by its bare name, or by its step. */
export interface NamedUnit {
  readonly unit: string;
  readonly wave?: number;
}

/** Reads the unit from its step or from its bare name. Returns `undefined` for all other steps. */
export function unitOf(text: string): NamedUnit | undefined {
  const step = parseStep(text);
  if (step !== undefined) return step.stage === 'waves' ? { unit: step.unit, wave: step.wave } : undefined;
  return text.includes('/') ? undefined : { unit: text };
}

/**
 * Shows the present state of a unit of the target's spec: unready objects, pods, events, and last log lines. Asks the
 * Kubernetes API from this machine, as `kubeconfig` does, so that logs of applications pass no worker and no history.
 * Returns exit code 1 when the unit was never applied.
 */
export async function showUnitLogs(
  session: Session,
  named: NamedUnit,
  { cluster, tail }: { readonly cluster: string | undefined; readonly tail: number },
): Promise<number> {
  const { output } = session;
  const target = await session.target();
  const spec = await requireSpec(target.spec);
  if (cluster !== undefined && cluster !== spec.cluster) {
    throw new RolloutError(
      'UsageInvalid',
      `logs: a unit is read from the cluster of the spec, which is ${spec.cluster}`,
    );
  }
  requireUnit(spec, named);
  const { unit } = named;
  const { kubernetesOf } = await import('../worker/local-access.js');
  const { lookAtUnit } = await import('../worker/look-at-unit.js');
  const look = await lookAtUnit(await kubernetesOf(target, spec), { unit, lines: tail });
  output.json(look ?? { unit, applied: false });
  if (look === undefined) {
    output.line(`unit ${unit}: was never applied in cluster ${spec.cluster}; npx groundswell plan shows why`);
    return exitCodes.failed;
  }
  output.lines(showUnitLook(look));
  return exitCodes.done;
}

/** Fails with `UsageInvalid` for a unit that the spec does not have, or has in another wave. */
function requireUnit(spec: ClusterSpec, { unit, wave }: NamedUnit): void {
  const found = spec.units.find(({ name }) => name === unit);
  if (found === undefined) {
    const isNode = spec.nodes.some(({ name }) => name === unit);
    const known = isNode
      ? `it is a node: npx groundswell logs node/${unit}`
      : `its units are ${spec.units.map(({ name }) => name).join(', ')}`;
    throw new RolloutError('UsageInvalid', `logs: ${unit} is not a unit of the spec; ${known}`);
  }
  if (wave === undefined || wave === found.wave) return;
  throw new RolloutError('UsageInvalid', `logs: unit ${unit} is in wave ${found.wave}, not in wave ${wave}`);
}
