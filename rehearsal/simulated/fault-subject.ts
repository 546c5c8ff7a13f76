import { RolloutError } from '../../model/rollout-error.js';
import { oneOf } from '../../model/spec/nearest-word.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { Fault } from './faults.js';

/** Refuses a fault of something that the spec does not have: nothing would ever go wrong. Fails with `InputInvalid`. */
export function requireSubject(fault: Fault, spec: ClusterSpec): void {
  if (fault.kind === 'throttles') return;
  const { noun, names } = subjectsOf(fault, spec);
  if (names.includes(fault.subject)) return;
  throw new RolloutError(
    'InputInvalid',
    `fault: expected ${noun} ${oneOf(names, fault.subject)}, found ${fault.subject}, which the spec does not have`,
  );
}

function subjectsOf({ kind }: Fault, { nodes, units, network }: ClusterSpec) {
  switch (kind) {
    case 'never ready':
      return { noun: 'unit', names: units.map(({ name }) => name) };
    case 'no capacity':
      return { noun: 'zone', names: network.subnets.map(({ zone }) => zone) };
    default:
      return { noun: 'node', names: nodes.map(({ name }) => name) };
  }
}
