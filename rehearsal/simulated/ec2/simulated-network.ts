import type { CallOptions } from '../../../systems/calls.js';
import { createOnce } from '../../../systems/ec2/create-once.js';
import type { Ec2Network } from '../../../systems/ec2/ec2.js';
import { oldestFirst, tagNames } from '../../../systems/ec2/ownership-tags.js';
import type { Ec2Parts } from './ec2-parts.js';
import type { Ec2Part } from '../world.js';

/** What `describeNetwork` says of the key pair is kept elsewhere. */
export interface SimulatedNetworkDependencies {
  readonly parts: (options?: CallOptions) => Ec2Parts;
  readonly keyPairName: (cluster: string, options?: CallOptions) => Promise<string | undefined>;
}

/**
 * EC2's network part on the simulated EC2: found, made and de-duplicated by the product's own `createOnce`, one call at a
 * time, so that an attempt can end between any two of them.
 */
export function createSimulatedNetwork({ parts, keyPairName }: SimulatedNetworkDependencies): Ec2Network {
  /** Makes one and returns its id, complete. */
  async function make(
    wanted: Omit<Ec2Part, 'id' | 'complete' | 'created'>,
    options: CallOptions = {},
  ): Promise<string> {
    const find = async (call: CallOptions) =>
      (await parts(call).list(wanted.kind, wanted.cluster)).filter(fits(wanted));
    const created = new Date().toISOString();
    const id = await createOnce(
      {
        find: async (call) => (await find(call)).map(tagged),
        create: (call) => parts(call).create({ ...wanted, created }),
        remove: (extra, call) => parts(call).remove(extra),
        id: (part) => part.id,
        settleMs: 200,
        // it lists at once
        lagMs: 0,
      },
      options,
    );
    const made = (await find(options)).find((part) => part.id === id);
    const { allowedCidrs } = wanted;
    const surplus = allowedCidrs === undefined ? [] : without(made?.allowedCidrs, allowedCidrs);
    const closed = without(allowedCidrs, made?.allowedCidrs ?? []);
    if (made?.complete !== true || surplus.length + closed.length > 0) await parts(options).complete(id, allowedCidrs);
    return id;
  }

  return {
    async describeNetwork({ cluster, allowedCidrs }, options) {
      const api = parts(options);
      const list = async (kind: Ec2Part['kind']): Promise<readonly Ec2Part[]> =>
        oldestFirst((await api.list(kind, cluster)).map(tagged), ({ id }) => id);
      const [vpcs, subnets, gateways, tables, groups, key] = await Promise.all([
        list('vpc'),
        list('subnet'),
        list('internet-gateway'),
        list('route-table'),
        list('security-group'),
        keyPairName(cluster, options),
      ]);
      const keyPair = key === undefined ? {} : { keyPairName: key };
      const { id: vpcId, initialised, workerSecret, cidr: vpcCidr } = vpcs[0] ?? {};
      if (vpcId === undefined) return { subnets: [], ...keyPair };
      const first = (found: readonly Ec2Part[]): string | undefined =>
        found.find((part) => part.vpcId === vpcId && part.complete)?.id;
      const [internetGatewayId, routeTableId, groupId] = [first(gateways), first(tables), first(groups)];
      const open = groups.find(({ id }) => id === groupId)?.allowedCidrs;
      const surplus = allowedCidrs === undefined ? [] : without(open, allowedCidrs);
      const isOpen = open === undefined || without(allowedCidrs, open).length === 0;
      const halfMade = [
        ...unfinished('internet-gateway', internetGatewayId, gateways),
        ...unfinished('route-table', routeTableId, tables),
        ...unfinished('security-group', isOpen ? groupId : undefined, groups),
      ];
      const surplusRules = [22, 6443].flatMap((port) => surplus.map((range) => `${port} from ${range}`));
      return {
        vpcId,
        ...(vpcCidr === undefined ? {} : { vpcCidr }),
        ...(initialised === undefined ? {} : { initialisedGeneration: initialised }),
        ...(workerSecret === undefined ? {} : { workerSecret }),
        subnets: subnets
          .filter((subnet) => subnet.vpcId === vpcId)
          .map(({ zone = '', id, cidr = '' }) => ({ zone, id, cidr }))
          .sort((a, b) => (a.zone < b.zone ? -1 : 1)),
        ...(internetGatewayId === undefined ? {} : { internetGatewayId }),
        ...(routeTableId === undefined ? {} : { routeTableId }),
        ...(groupId === undefined || !isOpen || surplus.length > 0 ? {} : { securityGroupId: groupId }),
        ...(halfMade.length === 0 ? {} : { halfMade }),
        ...(surplusRules.length === 0 ? {} : { surplusRules: surplusRules.sort() }),
        ...keyPair,
      };
    },
    createVpc: ({ cluster, cidr, workerSecret }, options) =>
      make({ kind: 'vpc', cluster, cidr, ...(workerSecret === undefined ? {} : { workerSecret }) }, options),
    recordInitialised: ({ vpcId, generation }, options) => parts(options).tag(vpcId, { initialised: generation }),
    recordWorkerSecret: ({ vpcId, fingerprint }, options) => parts(options).tag(vpcId, { workerSecret: fingerprint }),
    createSubnet: ({ cluster, vpcId, zone, cidr }, options) =>
      make({ kind: 'subnet', cluster, vpcId, zone, cidr }, options),
    createInternetGateway: ({ cluster, vpcId }, options) => make({ kind: 'internet-gateway', cluster, vpcId }, options),
    createRouteTable: ({ cluster, vpcId }, options) => make({ kind: 'route-table', cluster, vpcId }, options),
    createSecurityGroup: ({ cluster, vpcId, allowedCidrs }, options) =>
      make({ kind: 'security-group', cluster, vpcId, allowedCidrs }, options),
  };
}

function without(ranges: readonly string[] | undefined, others: readonly string[]): readonly string[] {
  return (ranges ?? []).filter((range) => !others.includes(range));
}

/** The part where there is one, and none that is whole. */
function unfinished<Kind extends Ec2Part['kind']>(
  kind: Kind,
  whole: string | undefined,
  found: readonly Ec2Part[],
): readonly Kind[] {
  return whole === undefined && found.length > 0 ? [kind] : [];
}

/** One VPC per cluster; of the others one in its VPC, of subnets one in its zone. */
function fits({ vpcId, zone }: Omit<Ec2Part, 'id' | 'complete' | 'created'>): (part: Ec2Part) => boolean {
  return (part) => part.vpcId === vpcId && part.zone === zone;
}

function tagged(part: Ec2Part) {
  return { ...part, Tags: [{ Key: tagNames.created, Value: part.created }] };
}
