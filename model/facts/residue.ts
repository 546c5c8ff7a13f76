/** Kinds of things at EC2 that a cluster can leave behind, in the order in which they are looked for and named. */
export const residueKinds = [
  'instance',
  'volume',
  'network-interface',
  'elastic-ip',
  'nat-gateway',
  'vpc-endpoint',
  'vpn-gateway',
  'security-group',
  'subnet',
  'route-table',
  'network-acl',
  'internet-gateway',
  'vpc',
  'key-pair',
  'launch-template',
] as const;
export type ResidueKind = (typeof residueKinds)[number];

/** One thing at EC2 that is still there of a cluster. Things that AWS makes itself, such as a default group, are none. */
export interface Residue {
  readonly kind: ResidueKind;
  readonly id: string;
  /** Its tag `Name`, or the name that EC2 knows it by; absent where it has none. */
  readonly name?: string;
  /** Which of the two sweeps found it; `tag` where both did. */
  readonly foundBy: 'tag' | 'vpc';
  /** Whether it carries our ownership tags. Nothing else is ever deleted. */
  readonly ours: boolean;
  /** What a person should know of it, in one clause: who made it, what it belongs to. */
  readonly note?: string;
}

/** One of it in words: `volume vol-1 (test-k8s-redis), made by Kubernetes for this cluster`. */
export function residueText({ kind, id, name, note }: Residue): string {
  const named = name === undefined ? '' : ` (${name})`;
  return `${kind.replaceAll('-', ' ')} ${id}${named}${note === undefined ? '' : `, ${note}`}`;
}
