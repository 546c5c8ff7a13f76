import { canonicalJson } from '../../model/canonical-json.js';
import type { NetworkFacts } from '../../model/facts/facts.js';
import { describeNetwork } from './describe-network.js';
import type { Ec2Clients } from './ec2-client.js';
import type { NetworkOwner } from './ec2-resource.js';
import type { Ec2Network } from './ec2.js';
import { shareLookups } from './share-lookups.js';
import { untilAborted } from './until-aborted.js';

/**
 * Creates shared looks at a cluster's network, for callers that wait at the same time. Without sharing, each of many
 * parallel launches would read the whole network, and exceed EC2's request rate.
 */
export function createNetworkReads(clients: Ec2Clients): Ec2Network['describeNetwork'] {
  const lookups = new Map<string, () => Promise<readonly NetworkFacts[]>>();

  function lookUpOf(owner: NetworkOwner): () => Promise<readonly NetworkFacts[]> {
    const { cluster, allowedCidrs } = owner;
    const key = canonicalJson({ cluster, allowedCidrs });
    const known = lookups.get(key) ?? shareLookups(async () => [await describeNetwork(clients, owner)]);
    lookups.set(key, known);
    return known;
  }

  return async (owner, { signal } = {}) => {
    signal?.throwIfAborted();
    const [network] = await untilAborted(lookUpOf(owner)(), signal);
    if (network === undefined) throw new Error('a lookup of a network ends with one');
    return network;
  };
}
