import { parseStep } from '../model/names/parse-step.js';
import { RolloutError } from '../model/rollout-error.js';
import { showUnitLook } from '../model/show/show-unit-look.js';
import { exitCodes } from './exit-codes.js';
import { requireSpec } from './read-spec.js';
import type { Session } from './session.js';

/** Reads the name of a unit from its step or from its bare name. Returns `undefined` for all other steps. */
export function unitOf(text: string): string | undefined {
  const step = parseStep(text);
  if (step !== undefined) return step.stage === 'waves' ? step.unit : undefined;
  return text.includes('/') ? undefined : text;
}

/**
 * Shows the present state of a unit of the target's spec: unready objects, pods, events, and last log lines. Asks the
 * Kubernetes API from this machine, as `kubeconfig` does, so that logs of applications pass no worker and no history.
 * Returns exit code 1 when the unit was never applied.
 */
export async function showUnitLogs(
  session: Session,
  unit: string,
  { cluster, tail }: { readonly cluster: string | undefined; readonly tail: number },
): Promise<number> {
  const { output } = session;
  const target = await session.target();
  const spec = await requireSpec(target.spec);
  const known = spec.units.map(({ name }) => name);
  if (cluster !== undefined && cluster !== spec.cluster) {
    throw new RolloutError(
      'UsageInvalid',
      `logs: a unit is read from the cluster of the spec, which is ${spec.cluster}`,
    );
  }
  if (!known.includes(unit)) {
    throw new RolloutError(
      'UsageInvalid',
      `logs: ${unit} is not a unit of the spec; its units are ${known.join(', ')}`,
    );
  }
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
