import { controlPlaneOf } from '../spec/control-plane-of.js';
import type { ClusterFacts } from '../facts/facts.js';
import { isLive } from './node-instance.js';
import type { ClusterSpec } from '../spec/spec.js';

/** A control plane that is gone, and the state of its cluster with it. */
export interface LostState {
  /** Name of the control plane; has to be typed by whoever wants the new, empty cluster. */
  readonly controlPlane: string;
  /** Nodes of the spec whose instances of the old cluster live on, and stay as they are. */
  readonly left: readonly string[];
}

/**
 * The state that is lost with the control plane. It is lost when `kubeadm init` once completed on a control plane and
 * no instance of that generation or a later one lives. Returns `undefined` when nothing is lost.
 */
export function lostState(spec: ClusterSpec, { network, instances }: ClusterFacts): LostState | undefined {
  const { initialisedGeneration } = network;
  if (initialisedGeneration === undefined) return undefined;
  const controlPlane = controlPlaneOf(spec).name;
  const live = instances.filter(isLive);
  if (live.some(({ node, generation }) => node === controlPlane && generation >= initialisedGeneration)) {
    return undefined;
  }
  const left = spec.nodes.filter(({ name }) => live.some(({ node }) => node === name)).map(({ name }) => name);
  return { controlPlane, left };
}
