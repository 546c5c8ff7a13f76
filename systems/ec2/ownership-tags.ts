import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { managedByLabel } from '../../model/kubernetes/unit-inventory.js';
import type { Owner } from './ec2.js';

/** The tags that make a thing at EC2 ours. A thing is ours when cluster and managed-by match; nothing else is touched. */
export const tagNames = {
  cluster: 'groundswell.dev/cluster',
  node: 'groundswell.dev/node',
  generation: 'groundswell.dev/generation',
  managedBy: managedByLabel,
  /** Of an instance: size of its root volume in GiB, which DescribeInstances does not tell. */
  diskGiB: 'groundswell.dev/disk-gib',
  /** Of the VPC: generation of the control plane on which `kubeadm init` came to its end. */
  initialised: 'groundswell.dev/initialised',
  /** Of the VPC: fingerprint of the worker secret that the host keys are derived from. */
  workerSecret: 'groundswell.dev/worker-secret',
  /** Of the lock of a cluster: which run has it, of which Temporal, where, and who started it. */
  lockNamespace: 'groundswell.dev/lock-namespace',
  lockServer: 'groundswell.dev/lock-server',
  lockPlace: 'groundswell.dev/lock-place',
  lockRun: 'groundswell.dev/lock-run',
  lockBy: 'groundswell.dev/lock-by',
  /**
   * When it was made, ISO 8601, by EC2's own clock: tells which of two is the older one, as most things at EC2 have no time
   * of creation. Never by the clock of a worker: of two workers, one may be behind.
   */
  created: 'groundswell.dev/created',
} as const;

/** Tags of a thing of the cluster. `name` is what the console shows. */
export function ownershipTags(owner: Owner, name: string, more: Readonly<Record<string, string>> = {}): Tag[] {
  const tags = {
    [tagNames.cluster]: owner.cluster,
    [tagNames.managedBy]: 'groundswell',
    [`kubernetes.io/cluster/${owner.cluster}`]: 'owned',
    Name: name,
    ...more,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags that are set by the same call that makes a thing, with the time of it: `Ec2Clients.now`, asked after a first look. */
export function tagsAtCreation(
  owner: Owner,
  made: {
    readonly type: ResourceType;
    readonly name: string;
    readonly at: Date;
    readonly more?: Readonly<Record<string, string>>;
  },
): TagSpecification[] {
  const created = { [tagNames.created]: made.at.toISOString(), ...made.more };
  return [{ ResourceType: made.type, Tags: ownershipTags(owner, made.name, created) }];
}

/** Names of the tags of a thing of ours that are missing or have another value than it was made with; added ones are others'. */
export function strayTags(owner: Owner, name: string, tags: readonly Tag[] | undefined): readonly string[] {
  const changed = ownershipTags(owner, name).filter(({ Key, Value }) => tagValue(tags, Key ?? '') !== Value);
  return changed.map(({ Key }) => Key ?? '');
}

/** Finds what is ours, with filters of the thing itself added. */
export function ownedBy(owner: Owner, more: Readonly<Record<string, string>> = {}): Filter[] {
  const filters = { [`tag:${tagNames.cluster}`]: owner.cluster, [`tag:${tagNames.managedBy}`]: 'groundswell', ...more };
  return Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
}

/** Value of a tag. */
export function tagValue(tags: readonly Tag[] | undefined, name: string): string | undefined {
  return tags?.find((tag) => tag.Key === name)?.Value;
}

/** Whether a thing that was found by another way is ours. */
export function isOwned(owner: Owner, tags: readonly Tag[] | undefined): boolean {
  return tagValue(tags, tagNames.cluster) === owner.cluster && tagValue(tags, tagNames.managedBy) === 'groundswell';
}

/** The oldest first; of two from one moment, the one with the lower id. */
export function oldestFirst<T extends { readonly Tags?: Tag[] | undefined }>(
  things: readonly T[] | undefined,
  id: (thing: T) => string | undefined,
): T[] {
  const age = (thing: T): string => `${tagValue(thing.Tags, tagNames.created) ?? ''} ${id(thing) ?? ''}`;
  return [...(things ?? [])].sort((a, b) => (age(a) < age(b) ? -1 : 1));
}
