import { canonicalJson } from '../../../model/json/canonical-json.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { Ec2Part, Ec2PartKind, World } from '../world.js';

/**
 * The calls of EC2 for things without a ClientToken, as dumb as the real ones: a VPC that is asked for twice is made twice.
 * Only what EC2 itself refuses is refused: a range or a name that its VPC has already.
 */
export interface Ec2Parts {
  list(kind: Ec2PartKind, cluster: string): Promise<readonly Ec2Part[]>;
  /** Makes one and returns its id. Fails with `AwsRefused` and EC2's code. */
  create(input: Omit<Ec2Part, 'id' | 'complete'>): Promise<string>;
  /** Attaches it, gives it its routes or its rules: a security group those of `allowedCidrs`, in the place of others. */
  complete(id: string, allowedCidrs?: readonly string[]): Promise<void>;
  /** Tags a VPC. */
  tag(id: string, tags: Pick<Ec2Part, 'initialised' | 'workerSecret'>): Promise<void>;
  /** Deletes one; without effect where there is none. Fails with `DependencyViolation` where others or living instances use it. */
  remove(id: string): Promise<void>;
  /** Deletes the key pair of this name. */
  removeKeyPair(name: string): Promise<void>;
}

/** Prefix of ids, if it is not the name of the kind. */
const prefixes: ReadonlyMap<Ec2PartKind, string> = new Map([
  ['internet-gateway', 'igw'],
  ['route-table', 'rtb'],
  ['security-group', 'sg'],
]);

/** Its name in calls: `InternetGateway`. */
function nounOf(kind: Ec2PartKind): string {
  return kind.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
}

/** EC2's things without a ClientToken, kept in a world. */
export function createEc2Parts(world: World): Ec2Parts {
  const { things } = world;
  const { parts } = things;
  const isUsed = (id: string): boolean =>
    parts.some(({ vpcId }) => vpcId === id) ||
    // a subnet or a group stands in the request that launched it
    things.instances.some(({ state, request }) => state !== 'terminated' && request.includes(JSON.stringify(id)));
  const at = (id: string): number => parts.findIndex((part) => part.id === id);
  const note = (verb: 'Create' | 'Delete', { kind, cluster, zone }: Omit<Ec2Part, 'id' | 'complete'>): void => {
    const key = `${cluster}${zone === undefined ? '' : `/${zone}`}`;
    world.note({ system: 'ec2', effect: `${verb}${nounOf(kind)}`, key });
  };
  return {
    list: async (kind, cluster) => parts.filter((part) => part.kind === kind && part.cluster === cluster),
    async create(input) {
      const code = refusal(parts, input);
      if (code !== undefined) throw refused(`Create${nounOf(input.kind)}`, code);
      const id = `${prefixes.get(input.kind) ?? input.kind}-${world.nextNumber().toString(16).padStart(17, '0')}`;
      parts.push({ ...input, id, complete: input.kind === 'vpc' || input.kind === 'subnet' });
      note('Create', input);
      return id;
    },
    async complete(id, allowedCidrs) {
      const part = parts[at(id)];
      if (part === undefined) throw refused(`complete ${id}`, 'NotFound');
      const rival = parts.some(
        ({ kind, vpcId, complete }) => kind === 'internet-gateway' && complete && vpcId === part.vpcId,
      );
      if (part.kind === 'internet-gateway' && rival && !part.complete) {
        throw refused(`AttachInternetGateway ${id}`, 'Resource.AlreadyAssociated');
      }
      parts[at(id)] = { ...part, complete: true, ...(allowedCidrs === undefined ? {} : { allowedCidrs }) };
    },
    async tag(id, tags) {
      const part = parts[at(id)];
      if (part === undefined) throw refused(`CreateTags ${id}`, 'InvalidVpcID.NotFound');
      const tagged = { ...part, ...tags };
      if (canonicalJson(tagged) === canonicalJson(part)) return;
      parts[at(id)] = tagged;
      world.note({ system: 'ec2', effect: 'CreateTags', key: part.cluster });
    },
    async remove(id) {
      const part = parts[at(id)];
      if (part === undefined) return;
      if (isUsed(id)) throw refused(`delete ${id}`, 'DependencyViolation');
      parts.splice(at(id), 1);
      note('Delete', part);
    },
    async removeKeyPair(name) {
      if (things.keyPair?.name !== name) return;
      things.keyPair = undefined;
      world.note({ system: 'ec2', effect: 'DeleteKeyPair', key: name });
    },
  };
}

function refusal(
  parts: readonly Ec2Part[],
  { kind, vpcId, cidr }: Omit<Ec2Part, 'id' | 'complete'>,
): string | undefined {
  const others = parts.filter((part) => part.kind === kind && part.vpcId === vpcId);
  if (kind === 'security-group' && others.length > 0) return 'InvalidGroup.Duplicate';
  if (kind === 'subnet' && others.some((part) => part.cidr === cidr)) return 'InvalidSubnet.Conflict';
  return undefined;
}

/** A refusal in the form that `refusalCode` reads. */
function refused(what: string, code: string): RolloutError {
  const message = `${what}: ${code} [simulated]`;
  return new RolloutError('AwsRefused', message, { cause: Object.assign(new Error(message), { code }) });
}
