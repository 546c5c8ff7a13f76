import type { Filter } from '@aws-sdk/client-ec2';
import { residueKinds, type Residue, type ResidueKind } from '../../model/facts/residue.js';
import type { CallOptions } from '../calls.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Owner } from './ec2.js';
import { isOwned, ownedBy } from './ownership-tags.js';
import { nameOf, residueReads, type SweptThing } from './residue-reads.js';

type Swept = SweptThing & { readonly kind: ResidueKind };

/**
 * What is left of a cluster, by two sweeps that know nothing of each other: by tag, and by VPC. The second one looks into
 * `vpcId`, and into each VPC where the first one met something of ours.
 */
export async function sweepResidue(
  clients: Ec2Clients,
  owner: Owner & { readonly vpcId?: string },
  options: CallOptions = {},
): Promise<readonly Residue[]> {
  const tagged = await sweepTags(clients, owner, options);
  const ours = tagged.filter(({ tags }) => isOwned(owner, tags));
  const vpcIds = new Set([owner.vpcId, ...ours.map(({ vpcId }) => vpcId)].filter((id) => id !== undefined));
  const inVpcs = await Promise.all(
    [...vpcIds].map((vpcId) => sweepVpc(clients, { cluster: owner.cluster, vpcId }, options)),
  );
  const byTag = tagged.map((thing) => residueOf(owner, thing, 'tag'));
  const known = new Set(byTag.map(({ id }) => id));
  return [...byTag, ...inVpcs.flat().filter(({ id }) => !known.has(id))].sort(
    (a, b) => residueKinds.indexOf(a.kind) - residueKinds.indexOf(b.kind) || (a.id < b.id ? -1 : 1),
  );
}

/** Everything in a VPC but what AWS makes itself, whosever it is. */
export async function sweepVpc(
  clients: Ec2Clients,
  owner: Owner & { readonly vpcId: string },
  options: CallOptions = {},
): Promise<readonly Residue[]> {
  const found = await Promise.all(
    residueKinds.map(async (kind) => {
      const { inVpc, read } = residueReads[kind];
      if (inVpc === undefined) return [];
      return ofKind(kind, await read(clients, [{ Name: inVpc, Values: [owner.vpcId] }], options));
    }),
  );
  return found.flat().map((thing) => residueOf(owner, thing, 'vpc'));
}

/** Everything with our tags, and what Kubernetes made with its tag of the cluster. */
async function sweepTags(clients: Ec2Clients, owner: Owner, options: CallOptions): Promise<readonly Swept[]> {
  const ofKubernetes: Filter[] = [{ Name: 'tag-key', Values: [kubernetesTag(owner)] }];
  const found = await Promise.all(
    residueKinds.map(async (kind) => {
      const { read, byKubernetes } = residueReads[kind];
      const ours = read(clients, ownedBy(owner), options);
      const theirs = byKubernetes === true ? await read(clients, ofKubernetes, options) : [];
      // not every implementation of EC2 heeds every filter, and what is ours must not be a guess
      return ofKind(kind, [...(await ours), ...theirs]).filter((thing) => isTagged(owner, thing));
    }),
  );
  return found.flat();
}

function ofKind(kind: ResidueKind, things: readonly SweptThing[]): readonly Swept[] {
  const byId = new Map(things.flatMap((thing) => (thing.id === undefined ? [] : [[thing.id, thing] as const])));
  return [...byId.values()].map((thing) => ({ ...thing, kind }));
}

function kubernetesTag({ cluster }: Owner): string {
  return `kubernetes.io/cluster/${cluster}`;
}

function isTagged(owner: Owner, thing: SweptThing): boolean {
  return isOwned(owner, thing.tags) || isOfKubernetes(owner, thing);
}

function isOfKubernetes(owner: Owner, { tags = [] }: SweptThing): boolean {
  return tags.some(({ Key }) => Key === kubernetesTag(owner));
}

function residueOf(owner: Owner, thing: Swept, foundBy: Residue['foundBy']): Residue {
  const name = nameOf(thing);
  const ours = isOwned(owner, thing.tags);
  const maker = isOfKubernetes(owner, thing) ? 'made by Kubernetes for this cluster' : "somebody else's, in its VPC";
  const note = [...(ours ? [] : [maker]), ...(thing.note === undefined || thing.note === '' ? [] : [thing.note])];
  return {
    kind: thing.kind,
    id: thing.id ?? '',
    ...(name === undefined ? {} : { name }),
    foundBy,
    ours,
    ...(note.length === 0 ? {} : { note: note.join(': ') }),
  };
}
