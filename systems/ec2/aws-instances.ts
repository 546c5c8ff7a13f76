import type { Filter, Instance } from '@aws-sdk/client-ec2';
import type { InstanceFact, InstanceState } from '../../model/facts/facts.js';
import { isLive } from '../../model/plan/node-instance.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Ec2Compute, Owner } from './ec2.js';
import { ownedBy, strayTags, tagNames, tagValue } from './ownership-tags.js';
import { readAll } from './read-pages.js';
import { shareLookups, type Lookup } from './share-lookups.js';
import { untilAborted } from './until-aborted.js';

type DescribeInstances = Ec2Compute['describeInstances'];

/** EC2 takes at most 200 values of one filter; for more nodes, a read covers the whole cluster. */
const mostNames = 200;

/** Creates lookups of a cluster's instances. Callers that wait at the same time share one lookup. */
export function createInstanceReads({ repeating }: Ec2Clients): DescribeInstances {
  const lookups = new Map<string, Lookup<InstanceFact>>();

  async function read(owner: Owner, nodes: readonly string[] | undefined): Promise<readonly InstanceFact[]> {
    const ofNodes = nodes === undefined || nodes.length > mostNames ? [] : [nodeFilter(nodes)];
    const found = await readAll.instances({ repeating }, [...ownedBy(owner), ...ofNodes]);
    return found.flatMap((instance) => {
      const fact = instanceFact(instance);
      if (fact !== undefined) return [{ ...fact, ...strayTagsOf(owner, fact.node, instance) }];
      refuseUnnamed(instance);
      return [];
    });
  }

  return async ({ cluster, nodes }, { signal } = {}) => {
    const lookUp = lookups.get(cluster) ?? shareLookups((names) => read({ cluster }, names));
    lookups.set(cluster, lookUp);
    signal?.throwIfAborted();
    const found = lookUp(nodes);
    const facts = await untilAborted(found, signal);
    return nodes === undefined ? facts : facts.filter(({ node }) => nodes.includes(node));
  };
}

function strayTagsOf(owner: Owner, node: string, { Tags }: Instance): Pick<InstanceFact, 'strayTags'> {
  const stray = strayTags(owner, `${owner.cluster}-${node}`, Tags);
  return stray.length === 0 ? {} : { strayTags: stray };
}

/** Refuses a live instance of ours that does not name its node, because no decision is safe beside it. */
function refuseUnnamed({ InstanceId: id = '', State }: Instance): void {
  const state = instanceState(State?.Name);
  if (state === undefined || !isLive({ state })) return;
  throw new RolloutError(
    'ClusterUnseen',
    `instance ${id} (${state}): expected the tags ${tagNames.node} and ${tagNames.generation}, found none or no number; ` +
      'put them back, or end the instance',
  );
}

function nodeFilter(nodes: readonly string[]): Filter {
  return { Name: `tag:${tagNames.node}`, Values: [...nodes] };
}

/** Turns an instance of ours into a fact; `undefined` when its tags name no node or no generation. */
export function instanceFact(instance: Instance): InstanceFact | undefined {
  const node = tagValue(instance.Tags, tagNames.node);
  const generation = Number(tagValue(instance.Tags, tagNames.generation));
  const state = instanceState(instance.State?.Name);
  if (node === undefined || !Number.isInteger(generation) || instance.InstanceId === undefined) return undefined;
  if (state === undefined) return undefined;
  const { PrivateIpAddress, PublicIpAddress, StateReason } = instance;
  const disk = tagValue(instance.Tags, tagNames.diskGiB) ?? '';
  return {
    node,
    generation,
    id: instance.InstanceId,
    state,
    zone: instance.Placement?.AvailabilityZone ?? '',
    type: instance.InstanceType ?? '',
    imageId: instance.ImageId ?? '',
    ...(/^\d+$/.test(disk) ? { diskGiB: Number(disk) } : {}),
    ...(PrivateIpAddress === undefined ? {} : { privateAddress: PrivateIpAddress }),
    ...(PublicIpAddress === undefined ? {} : { publicAddress: PublicIpAddress }),
    ...(StateReason?.Code === undefined || StateReason.Code === ''
      ? {}
      : { stateReason: { code: StateReason.Code, message: StateReason.Message ?? '' } }),
  };
}

const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'] as const;

function instanceState(name: string | undefined): InstanceState | undefined {
  return states.find((state) => state === name);
}
