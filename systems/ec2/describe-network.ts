import type { NetworkFacts } from '../../model/facts/facts.js';
import { networkSteps } from '../../model/step-table.js';
import { keysOf, type NetworkPart } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';
import type { Ec2Clients } from './ec2-client.js';
import type { NetworkOwner, SeenResource } from './ec2-resource.js';
import { looks } from './network-resources.js';
import { strayTags } from './ownership-tags.js';

/**
 * Reads the existing parts of a cluster's network, by tags. A half-made part does not count: its creation finishes it.
 */
export async function describeNetwork(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions = {},
): Promise<NetworkFacts> {
  const readings = await Promise.all(keysOf(networkSteps).map((name) => looks[name](clients, owner, options)));
  let network: NetworkFacts = { subnets: [] };
  const halfMade: NetworkPart[] = [];
  const stray: string[] = [];
  for (const see of readings) {
    const seen = await see(network);
    network = { ...network, ...seen.facts };
    halfMade.push(...(seen.halfMade ?? []));
    stray.push(...strayTagsOf(owner, seen));
  }
  return {
    ...network,
    ...(halfMade.length === 0 ? {} : { halfMade }),
    ...(stray.length === 0 ? {} : { strayTags: stray }),
  };
}

/** Tags of ours that somebody changed or removed, as `vpc-1: Name`. */
function strayTagsOf({ cluster }: NetworkOwner, { ours = [] }: SeenResource): readonly string[] {
  return ours.flatMap(({ id, name, Tags }) => strayTags({ cluster }, name, Tags).map((tag) => `${id ?? ''}: ${tag}`));
}
