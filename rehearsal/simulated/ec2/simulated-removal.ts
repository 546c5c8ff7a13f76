import type { InstanceFact } from '../../../model/facts/facts.js';
import type { Residue } from '../../../model/facts/residue.js';
import type { WorldLock } from '../../../model/facts/world-lock.js';
import { networkSteps } from '../../../model/step-table.js';
import { keysOf } from '../../../model/steps.js';
import type { CallOptions } from '../../../systems/calls.js';
import { deleteOurs } from '../../../systems/ec2/delete-ours.js';
import type { Ec2Network, Owner } from '../../../systems/ec2/ec2.js';
import type { Ec2Part } from '../world.js';
import type { Ec2Parts } from './ec2-parts.js';

/** What a removal acts on, and what it looks at. */
export interface RemovalDependencies {
  readonly parts: (options?: CallOptions) => Ec2Parts;
  readonly keyPairName: (cluster: string, options?: CallOptions) => Promise<string | undefined>;
  readonly instances: (owner: Owner, options?: CallOptions) => Promise<readonly InstanceFact[]>;
  readonly lock: (owner: Owner, options?: CallOptions) => Promise<WorldLock | undefined>;
}

/** How the parts of a network go at the simulated EC2, by the product's own `deleteOurs`, and what is left then. */
export function createSimulatedRemoval(
  dependencies: RemovalDependencies,
): Pick<Ec2Network, 'deletePart' | 'describeResidue'> {
  const { parts, keyPairName, instances, lock } = dependencies;

  async function liveInstances(owner: Owner, options?: CallOptions): Promise<readonly InstanceFact[]> {
    return (await instances(owner, options)).filter(({ state }) => state !== 'terminated');
  }

  async function usersOf(owner: Owner, id: string, options: CallOptions): Promise<readonly string[]> {
    const inside = await allParts(parts(options), owner);
    return [
      ...(await liveInstances(owner, options)).map((one) => `instance ${one.id} (${owner.cluster}-${one.node})`),
      ...inside.filter(({ vpcId }) => vpcId === id).map((part) => `${part.kind} ${part.id}`),
    ];
  }

  async function deleteKeyPair({ cluster }: Owner, options: CallOptions): Promise<boolean> {
    const name = await keyPairName(cluster, options);
    if (name === undefined) return false;
    await parts(options).removeKeyPair(name);
    return true;
  }

  return {
    async deletePart(kind, { cluster, zone }, options = {}) {
      const owner = { cluster };
      if (kind === 'key-pair') return deleteKeyPair(owner, options);
      return deleteOurs(
        {
          noun: kind.replaceAll('-', ' '),
          find: async (call) =>
            (await parts(call).list(kind, cluster)).filter((part) => zone === undefined || part.zone === zone),
          id: (part) => part.id,
          async remove(_part, id) {
            await parts(options).remove(id);
            return 'removed';
          },
          users: (_part, id) => usersOf(owner, id, options),
        },
        options,
      );
    },
    async describeResidue({ cluster }, options) {
      const owner = { cluster };
      const held = await lock(owner, options);
      const keyName = await keyPairName(cluster, options);
      const network = await allParts(parts(options), owner);
      return [
        ...(await liveInstances(owner, options)).map(({ id, node }) => ours('instance', id, `${cluster}-${node}`)),
        ...network.map(({ kind, id }) => ours(kind, id, cluster)),
        ...(keyName === undefined ? [] : [ours('key-pair', keyName, keyName)]),
        ...(held === undefined ? [] : [ours('launch-template', held.id, `groundswell-${cluster}-lock`)]),
      ];
    },
  };
}

function ours(kind: Residue['kind'], id: string, name: string): Residue {
  return { kind, id, name, foundBy: 'tag', ours: true };
}

async function allParts(api: Ec2Parts, { cluster }: Owner): Promise<readonly Ec2Part[]> {
  const kinds = keysOf(networkSteps).filter((kind) => kind !== 'key-pair');
  return (await Promise.all(kinds.map((kind) => api.list(kind, cluster)))).flat();
}
