import type { Ec2Offers, Unseen } from '../../model/facts/ec2-offers.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Catalog } from '../../systems/ec2/ec2.js';

/**
 * What EC2 says of the types and zones that a spec names. Where the credentials may not ask, that is unknown, with the
 * reason: a spec is not refused for it. Fails as EC2 fails in any other way.
 */
export async function lookUpOffers(
  catalog: Ec2Catalog,
  { region, nodes }: Pick<ClusterSpec, 'region' | 'nodes'>,
  options: CallOptions,
): Promise<Ec2Offers> {
  const names = [...new Set(nodes.flatMap(({ instanceTypes }) => instanceTypes))];
  const [types, zones] = await Promise.all([
    whatIsSeen(() => catalog.instanceTypes({ region, names }, options)),
    whatIsSeen(() => catalog.zones({ region }, options)),
  ]);
  if ('unknown' in types || names.every((name) => types.some((type) => type.name === name))) return { types, zones };
  const typeNames = await whatIsSeen(() => catalog.instanceTypeNames({ region }, options));
  return { types, zones, ...('unknown' in typeNames ? {} : { typeNames }) };
}

async function whatIsSeen<Fact>(look: () => Promise<readonly Fact[]>): Promise<readonly Fact[] | Unseen> {
  try {
    return await look();
  } catch (error) {
    // one who may launch need not be one who may read the catalogue; another EC2 may not know these calls
    if (error instanceof RolloutError && ['AwsDenied', 'AwsRefused'].includes(error.type)) {
      return { unknown: error.message };
    }
    throw error;
  }
}
