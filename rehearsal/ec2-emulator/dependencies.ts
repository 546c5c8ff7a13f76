import { ec2Refusal, withParameters, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import type { AnswerCall } from './named-things.js';
import { childOf, elementsWhere, parseXml, textOf, type XmlElement } from './xml.js';

/**
 * Refuses to delete a thing in use, with `DependencyViolation`. moto does so for a VPC with subnets or route tables, and for an
 * attached gateway. It also does so for a route table with associations. EC2 refuses more: when instances, interfaces, other
 * groups or public addresses stand in the way. Source: EC2 API reference, "Error codes"; VPC user guide, "Delete your VPC".
 */
export function withDependencies(answer: AnswerCall): AnswerCall {
  return async (call) => {
    const refusal = await refusalOf(call, (action, filter, id) => list(answer, call, { action, filter, id }));
    return refusal === undefined ? answer(call) : ec2Refusal(400, 'DependencyViolation', refusal);
  };
}

/**
 * The network interfaces of ended instances go later than the instances. So many deletions of each of their subnets and groups
 * are refused, though nothing is listed there. Source: hashicorp/terraform-provider-aws #1671.
 */
export function withLateInterfaces(answer: AnswerCall, calls: number): AnswerCall {
  const left = new Map<string, number>();
  return async (call) => {
    const { action, form } = call;
    const id =
      action === 'DeleteSubnet' ? form?.get('SubnetId') : action === 'DeleteSecurityGroup' ? form?.get('GroupId') : '';
    const times = left.get(id ?? '') ?? 0;
    if (times > 0 && id !== null && id !== undefined) {
      left.set(id, times - 1);
      return ec2Refusal(400, 'DependencyViolation', hasDependencies(id));
    }
    const given = await answer(call);
    if (action === 'RunInstances' && given.status < 300) {
      for (const name of ['SubnetId', 'SecurityGroupId.1']) left.set(form?.get(name) ?? '', calls);
    }
    return given;
  };
}

type List = (action: string, filter: string, id: string) => Promise<readonly XmlElement[]>;

async function refusalOf({ action, form }: Ec2Call, listOf: List): Promise<string | undefined> {
  const named = (name: string): string => form?.get(name) ?? '';
  const anyOf = async (id: string, things: Promise<readonly XmlElement[]>): Promise<string | undefined> =>
    (await things).length > 0 ? hasDependencies(id) : undefined;
  if (action === 'DeleteSubnet') {
    const id = named('SubnetId');
    return anyOf(id, listOf('DescribeNetworkInterfaces', 'subnet-id', id));
  }
  if (action === 'DeleteSecurityGroup') {
    const id = named('GroupId');
    const others = (await listOf('DescribeSecurityGroups', 'ip-permission.group-id', id)).filter(
      (group) => textOf(group, 'groupId') !== id,
    );
    if (others.length > 0) return `resource ${id} has a dependent object`;
    return anyOf(id, listOf('DescribeNetworkInterfaces', 'group-id', id));
  }
  if (action === 'DetachInternetGateway') {
    const id = named('VpcId');
    const inVpc = await listOf('DescribeNetworkInterfaces', 'vpc-id', id);
    if (!inVpc.some((one) => childOf(one, 'association')?.children.some(isAddress) === true)) return undefined;
    return `Network ${id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`;
  }
  if (action !== 'DeleteVpc') return undefined;
  const id = named('VpcId');
  const groups = (await listOf('DescribeSecurityGroups', 'vpc-id', id)).filter(
    (group) => textOf(group, 'groupName') !== 'default',
  );
  const gateways = await listOf('DescribeInternetGateways', 'attachment.vpc-id', id);
  const natGateways = (await listOf('DescribeNatGateways', 'vpc-id', id)).filter(
    (gateway) => textOf(gateway, 'state') !== 'deleted',
  );
  return anyOf(id, Promise.resolve([...groups, ...gateways, ...natGateways]));
}

function isAddress({ name, text }: XmlElement): boolean {
  return name === 'publicIp' && text !== '';
}

function hasDependencies(id: string): string {
  return `The resource '${id}' has dependencies and cannot be deleted.`;
}

/** The lists of these answers, and what names one thing. */
const lists: Readonly<Record<string, readonly [list: string, id: string]>> = {
  DescribeNetworkInterfaces: ['networkInterfaceSet', 'networkInterfaceId'],
  DescribeSecurityGroups: ['securityGroupInfo', 'groupId'],
  DescribeInternetGateways: ['internetGatewaySet', 'internetGatewayId'],
  DescribeNatGateways: ['natGatewaySet', 'natGatewayId'],
};

async function list(
  answer: AnswerCall,
  like: Ec2Call,
  asked: { readonly action: string; readonly filter: string; readonly id: string },
): Promise<readonly XmlElement[]> {
  const form = new URLSearchParams({
    Version: '2016-11-15',
    'Filter.1.Name': asked.filter,
    'Filter.1.Value.1': asked.id,
  });
  const given: Ec2Answer = await answer(withParameters({ ...like, form }, { Action: asked.action }));
  const [name = '', id = ''] = lists[asked.action] ?? [];
  const [found] = elementsWhere(parseXml(given.body), (element) => element.name === name);
  return (found?.children ?? []).filter((item) => textOf(item, id) !== undefined);
}
