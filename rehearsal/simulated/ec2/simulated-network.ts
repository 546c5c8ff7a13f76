import { networkSteps } from '../../../model/step-table.js';
import { keysOf } from '../../../model/steps.js';
import type { CallOptions } from '../../../systems/calls.js';
import { createOnce } from '../../../systems/ec2/create-once.js';
import type { Ec2Network, Owner } from '../../../systems/ec2/ec2.js';
import { oldestFirst, tagNames } from '../../../systems/ec2/ownership-tags.js';
import type { Ec2Parts } from './ec2-parts.js';
import { createSimulatedRemoval, type RemovalDependencies } from './simulated-removal.js';
import type { Ec2Part, Ec2PartKind } from '../world.js';

/** What it is made of: the key pair, the instances and the lock are kept elsewhere. */
export interface SimulatedNetworkDependencies extends RemovalDependencies {
  readonly keyPairName: (cluster: string, options?: CallOptions) => Promise<string | undefined>;
}

/**
 * EC2's network part on the simulated EC2. The product's own `createOnce` finds, makes and de-duplicates each part. It
 * makes one call at a time, so that an attempt can end between any two of them.
 */
export function createSimulatedNetwork(dependencies: SimulatedNetworkDependencies): Ec2Network {
  const { parts, keyPairName } = dependencies;
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
    ...createSimulatedRemoval(dependencies),
    async describeNetwork({ cluster, allowedCidrs }, options) {
      const ours = await listAll(parts(options), cluster);
      const key = await keyPairName(cluster, options);
      const keyPair = key === undefined ? {} : { keyPairName: key };
      const { id: vpcId, initialised, workerSecret, cidr: vpcCidr } = ours('vpc')[0] ?? {};
      if (vpcId === undefined) return { subnets: [], ...keyPair };
      const wholes = singleKinds.map((kind) => {
        return { kind, whole: ours(kind).find((part) => part.vpcId === vpcId && part.complete) };
      });
      const open = wholes.find(({ kind }) => kind === 'security-group')?.whole?.allowedCidrs;
      const isClosed = open !== undefined && without(allowedCidrs, open).length > 0;
      const surplus = allowedCidrs === undefined ? [] : without(open, allowedCidrs);
      const surplusRules = [22, 6443].flatMap((port) => surplus.map((range) => `${port} from ${range}`));
      const counts = wholes.filter(({ kind }) => kind !== 'security-group' || (!isClosed && surplus.length === 0));
      const halfMade = wholes.flatMap(({ kind, whole }) => {
        const isWhole = whole !== undefined && !(kind === 'security-group' && isClosed);
        return isWhole || ours(kind).length === 0 ? [] : [kind];
      });
      return {
        vpcId,
        ...(vpcCidr === undefined ? {} : { vpcCidr }),
        ...(initialised === undefined ? {} : { initialisedGeneration: initialised }),
        ...(workerSecret === undefined ? {} : { workerSecret }),
        subnets: ours('subnet')
          .filter((subnet) => subnet.vpcId === vpcId)
          .map(({ zone = '', id, cidr = '' }) => ({ zone, id, cidr }))
          .sort((a, b) => (a.zone < b.zone ? -1 : 1)),
        ...Object.fromEntries(
          counts.flatMap(({ kind, whole }) => (whole === undefined ? [] : [[networkSteps[kind].fact, whole.id]])),
        ),
        ...(halfMade.length === 0 ? {} : { halfMade }),
        ...(surplusRules.length === 0 ? {} : { surplusRules: surplusRules.sort() }),
        ...keyPair,
      };
    },
    createPart(kind, input, options) {
      const { cluster, ...asked }: Owner & Partial<Ec2Part> = input;
      const kept = Object.fromEntries(Object.entries(asked).filter(([field]) => keptFields.includes(field)));
      return make({ kind, cluster, ...kept }, options);
    },
    recordInitialised: ({ vpcId, generation }, options) => parts(options).tag(vpcId, { initialised: generation }),
    recordWorkerSecret: ({ vpcId, fingerprint }, options) => parts(options).tag(vpcId, { workerSecret: fingerprint }),
  };
}

/** What of a request is a field of what is made. */
const keptFields: readonly string[] = [
  'vpcId',
  'zone',
  'cidr',
  'allowedCidrs',
  'workerSecret',
] satisfies (keyof Ec2Part)[];

const kinds = keysOf(networkSteps).filter((name) => name !== 'key-pair');
const singleKinds = kinds.filter((kind) => kind !== 'vpc' && kind !== 'subnet');

/** Everything of a cluster by its kind, the oldest first. */
async function listAll(api: Ec2Parts, cluster: string): Promise<(kind: Ec2PartKind) => readonly Ec2Part[]> {
  const list = async (kind: Ec2PartKind) => oldestFirst((await api.list(kind, cluster)).map(tagged), ({ id }) => id);
  const found = new Map(await Promise.all(kinds.map(async (kind) => [kind, await list(kind)] as const)));
  return (kind) => found.get(kind) ?? [];
}

function without(ranges: readonly string[] | undefined, others: readonly string[]): readonly string[] {
  return (ranges ?? []).filter((range) => !others.includes(range));
}

/** One VPC per cluster; of the others one in its VPC, of subnets one in its zone. */
function fits({ vpcId, zone }: Omit<Ec2Part, 'id' | 'complete' | 'created'>): (part: Ec2Part) => boolean {
  return (part) => part.vpcId === vpcId && part.zone === zone;
}

function tagged(part: Ec2Part) {
  return { ...part, Tags: [{ Key: tagNames.created, Value: part.created }] };
}
