import { RolloutError } from '../rollout-error.js';
import type { ClusterSpec, NodeSpec } from './spec.js';

/** The control plane of a cluster; every valid spec has exactly one. Fails with `SpecInvalid`. */
export function controlPlaneOf({ cluster, nodes }: Pick<ClusterSpec, 'cluster' | 'nodes'>): NodeSpec {
  const node = nodes.find(({ role }) => role === 'control-plane');
  if (node !== undefined) return node;
  throw new RolloutError('SpecInvalid', `cluster ${cluster}: found no control plane, expected exactly one`);
}
