import type { KubernetesObject } from './kubernetes-object.js';

/** A unit as it is applied: its objects in their order, and the digest by which a plan knows them. */
export interface RenderedUnit {
  readonly name: string;
  readonly wave: number;
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  readonly digest: string;
}
