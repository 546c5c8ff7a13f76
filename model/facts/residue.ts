/** One thing that is left of a cluster at EC2. */
export interface Residue {
  /** In the words of EC2: `instance`, `volume`, `network-interface`, `security-group`. */
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** By which of the two sweeps it was found: the tag of the cluster, or its VPC. */
  readonly foundBy: 'tag' | 'vpc';
  /** Whether it carries our ownership tags. */
  readonly ours: boolean;
  /** What it is, where that is known: `made by Kubernetes for a load balancer`. */
  readonly note?: string;
}

/** `volume vol-1 (made by Kubernetes)`. */
export function residueText({ kind, id, name, note }: Residue): string {
  const about = [name, note].filter((part) => part !== undefined);
  return `${kind} ${id}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}
