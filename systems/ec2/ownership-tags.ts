import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { managedByLabel } from '../../model/kubernetes/unit-inventory.js';
import type { Owner } from './ec2.js';

/**
 * The tags that mark a thing at EC2 as ours. A thing is ours when cluster and managed-by match; groundswell touches
 * nothing else.
 */
export const tagNames = {
  cluster: 'groundswell.dev/cluster',
  node: 'groundswell.dev/node',
  generation: 'groundswell.dev/generation',
  managedBy: managedByLabel,
  /** Tag of an instance: size of its root volume in GiB, which DescribeInstances does not return. */
  diskGiB: 'groundswell.dev/disk-gib',
  /** Tag of the VPC: generation of the control plane on which `kubeadm init` completed. */
  initialised: 'groundswell.dev/initialised',
  /** Tag of the VPC: fingerprint of the worker secret behind the host keys. */
  workerSecret: 'groundswell.dev/worker-secret',
  /**
   * Tags of the lock of a cluster: the run that holds it, the Temporal of that run, its place, and the person who
   * started it.
   */
  lockNamespace: 'groundswell.dev/lock-namespace',
  lockServer: 'groundswell.dev/lock-server',
  lockPlace: 'groundswell.dev/lock-place',
  lockRun: 'groundswell.dev/lock-run',
  lockBy: 'groundswell.dev/lock-by',
  /**
   * Time of creation, ISO 8601, by EC2's own clock. It tells the older of two things, because most things at EC2 have
   * no time of creation. The clock of a worker never counts: one of two workers may be behind.
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

/** Tags for the call that makes a thing, with the time of creation: `Ec2Clients.now` after a first look. */
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

/** Names of our tags on a thing that are missing or have changed since its creation. Added tags belong to others. */
export function strayTags(owner: Owner, name: string, tags: readonly Tag[] | undefined): readonly string[] {
  const changed = ownershipTags(owner, name).filter(({ Key, Value }) => tagValue(tags, Key ?? '') !== Value);
  return changed.map(({ Key }) => Key ?? '');
}

/** Filters for our things, together with filters of the thing itself. */
export function ownedBy(owner: Owner, more: Readonly<Record<string, string>> = {}): Filter[] {
  const filters = { [`tag:${tagNames.cluster}`]: owner.cluster, [`tag:${tagNames.managedBy}`]: 'groundswell', ...more };
  return Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
}

/** Value of a tag. */
export function tagValue(tags: readonly Tag[] | undefined, name: string): string | undefined {
  return tags?.find((tag) => tag.Key === name)?.Value;
}

/** Whether a thing that was found in another way is ours. */
export function isOwned(owner: Owner, tags: readonly Tag[] | undefined): boolean {
  return tagValue(tags, tagNames.cluster) === owner.cluster && tagValue(tags, tagNames.managedBy) === 'groundswell';
}

/** Sorts things by age, the oldest first; of two from one moment, the lower id first. */
export function oldestFirst<T extends { readonly Tags?: Tag[] | undefined }>(
  things: readonly T[] | undefined,
  id: (thing: T) => string | undefined,
): T[] {
  const age = (thing: T): string => `${tagValue(thing.Tags, tagNames.created) ?? ''} ${id(thing) ?? ''}`;
  return [...(things ?? [])].sort((a, b) => (age(a) < age(b) ? -1 : 1));
}
