import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { CallOptions } from '../../calls.js';
import { callEc2, refusalCode } from '../call-ec2.js';
import { isGone } from '../classify-failure.js';
import { createOnce } from '../create-once.js';
import { deleteOurs, sendRemoval } from '../delete-ours.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { NetworkPartInputs, Owner } from '../ec2.js';
import { givenId } from '../given-id.js';
import { oldestFirst, ownedBy, ownershipTags, tagsAtCreation } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { interfacesWith, referringGroups } from '../users-of.js';
import { ruleText, unwantedRules } from './security-group-rules.js';

/** Ports that people and the worker use from outside: SSH and the Kubernetes API. */
const openPorts = [22, 6443];

/**
 * Looks for the group of all hosts, and for its unwanted rules. The group counts when it is complete and has no
 * unwanted rule of ours. Without `allowedCidrs` it is complete when it lets anybody in.
 */
export async function lookAtSecurityGroup(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions,
): Promise<SeeResource> {
  const { cluster, allowedCidrs } = owner;
  const found = oldestFirst(await readAll.securityGroups(clients, ownedBy(owner), options), ({ GroupId }) => GroupId);
  return async ({ vpcId }) => {
    const group = found.find((each) => vpcId !== undefined && each.VpcId === vpcId);
    if (group?.GroupId === undefined) return {};
    const { GroupId: id, Tags } = group;
    const isWhole = isComplete(group, allowedCidrs);
    const unwanted =
      allowedCidrs === undefined
        ? undefined
        : await unwantedRules(clients, { cluster, groupId: id, allowedCidrs }, options);
    const surplusRules = unwanted?.surplus.map(ruleText).toSorted() ?? [];
    const foreignRules = unwanted?.foreign.map(ruleText).toSorted() ?? [];
    const facts = {
      ...(isWhole && surplusRules.length === 0 ? { securityGroupId: id } : {}),
      ...(surplusRules.length === 0 ? {} : { surplusRules }),
      ...(foreignRules.length === 0 ? {} : { foreignRules }),
    };
    return { facts, halfMade: isWhole ? [] : ['security-group'], ours: [{ id, name: cluster, Tags }] };
  };
}

function isComplete(group: SecurityGroup, allowedCidrs: readonly string[] | undefined): boolean {
  const missing = missingRules(group, allowedCidrs ?? []);
  return missing.length === 0 && (allowedCidrs !== undefined || isOpenToSomebody(group));
}

/**
 * Makes the one group of all hosts of a cluster. Adds the missing rules first, then removes rules of ours that the spec
 * no longer wants. Leaves rules of others alone.
 */
export async function createSecurityGroup(
  { repeating, once, now }: Ec2Clients,
  input: Owner & NetworkPartInputs['security-group'],
  options: CallOptions = {},
): Promise<string> {
  const findAll = (call: CallOptions = options): Promise<readonly SecurityGroup[]> =>
    readAll.securityGroups({ repeating }, ownedBy(input, { 'vpc-id': input.vpcId }), call);
  const id = await createOnce(
    {
      find: findAll,
      async create(call) {
        const create = new CreateSecurityGroupCommand({
          VpcId: input.vpcId,
          GroupName: `groundswell-${input.cluster}`,
          Description: `Hosts of the Kubernetes cluster ${input.cluster}`,
          TagSpecifications: tagsAtCreation(input, { type: 'security-group', name: input.cluster, at: now() }),
        });
        const { GroupId } = await callEc2('CreateSecurityGroup', (http) => once.send(create, http), call);
        return givenId('CreateSecurityGroup', GroupId);
      },
      remove: (extra, call) =>
        callEc2(
          'DeleteSecurityGroup',
          (http) => repeating.send(new DeleteSecurityGroupCommand({ GroupId: extra }), http),
          call,
        ),
      id: (group) => group.GroupId,
    },
    options,
  );
  await addMissing();
  await removeSurplus();
  return id;

  async function removeSurplus(): Promise<void> {
    const { surplus } = await unwantedRules({ repeating }, { ...input, groupId: id }, options);
    const SecurityGroupRuleIds = surplus.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
    if (SecurityGroupRuleIds.length === 0) return;
    const revoke = new RevokeSecurityGroupIngressCommand({ GroupId: id, SecurityGroupRuleIds });
    try {
      await callEc2(`RevokeSecurityGroupIngress ${id}`, (http) => repeating.send(revoke, http), options);
    } catch (error) {
      // somebody else removed the rule
      if (!isGone(refusalCode(error) ?? '')) throw error;
    }
  }

  async function addMissing(): Promise<void> {
    const group = (await findAll()).find(({ GroupId }) => GroupId === id) ?? { GroupId: id };
    const missing = missingRules(group, input.allowedCidrs);
    if (missing.length === 0) return;
    try {
      await add(missing);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // EC2 refuses the whole request because of a rule that this read did not show yet
      for (const rule of missing.flatMap(oneByOne)) await add([rule]).catch(unlessDuplicate);
    }
  }

  async function add(IpPermissions: IpPermission[]): Promise<void> {
    const authorize = new AuthorizeSecurityGroupIngressCommand({
      GroupId: id,
      IpPermissions,
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: ownershipTags(input, input.cluster) }],
    });
    await callEc2(`AuthorizeSecurityGroupIngress ${id}`, (http) => repeating.send(authorize, http), options);
  }
}

/** Deletes the groups. One that refers to itself is no obstacle; one that somebody else's group refers to is not deleted. */
export async function deleteSecurityGroup(
  clients: Ec2Clients,
  owner: Owner,
  options: CallOptions = {},
): Promise<boolean> {
  return deleteOurs(
    {
      noun: 'security group',
      find: (call) => readAll.securityGroups(clients, ownedBy(owner), call),
      id: (group) => group.GroupId,
      remove: (_group, id) => {
        const end = new DeleteSecurityGroupCommand({ GroupId: id });
        return sendRemoval(`DeleteSecurityGroup ${id}`, (http) => clients.repeating.send(end, http), options);
      },
      users: async (_group, id) => [
        ...(await interfacesWith(clients, { Name: 'group-id', Values: [id] }, options)),
        ...(await referringGroups(clients, id, options)),
      ],
    },
    options,
  );
}

function isDuplicate(error: unknown): boolean {
  return refusalCode(error) === 'InvalidPermission.Duplicate';
}

function unlessDuplicate(error: unknown): void {
  if (!isDuplicate(error)) throw error;
}

/** Splits rules into rules with one range each. */
function oneByOne(rule: IpPermission): readonly IpPermission[] {
  return rule.IpRanges === undefined ? [rule] : rule.IpRanges.map((range) => ({ ...rule, IpRanges: [range] }));
}

/**
 * The missing rules of a group of ours: all traffic between its members, SSH and the Kubernetes API from these ranges.
 */
function missingRules(group: SecurityGroup, allowedCidrs: readonly string[]): IpPermission[] {
  const present = group.IpPermissions ?? [];
  const inside = present.some(
    ({ IpProtocol, UserIdGroupPairs }) =>
      IpProtocol === '-1' && UserIdGroupPairs?.some(({ GroupId }) => GroupId === group.GroupId) === true,
  );
  const missing: IpPermission[] =
    inside || group.GroupId === undefined
      ? []
      : [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group.GroupId, Description: 'between hosts' }] }];
  for (const port of openPorts) {
    const open = rangesOf(present, port);
    const closed = allowedCidrs.filter((cidr) => !open.includes(cidr));
    if (closed.length === 0) continue;
    const IpRanges = closed.map((CidrIp) => ({ CidrIp }));
    missing.push({ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges });
  }
  return missing;
}

/** Whether SSH and the Kubernetes API are open to anybody at all. */
function isOpenToSomebody(group: SecurityGroup): boolean {
  return openPorts.every((port) => rangesOf(group.IpPermissions ?? [], port).length > 0);
}

function rangesOf(permissions: readonly IpPermission[], port: number): readonly string[] {
  return permissions
    .filter(({ IpProtocol, FromPort, ToPort }) => IpProtocol === 'tcp' && FromPort === port && ToPort === port)
    .flatMap(({ IpRanges }) => (IpRanges ?? []).flatMap(({ CidrIp }) => (CidrIp === undefined ? [] : [CidrIp])));
}
