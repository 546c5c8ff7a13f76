import type { Ec2Answer, Ec2Call } from './ec2-message.js';
import { elementsWhere, parseXml, textOf } from './xml.js';

/** Answers a call. What makes the emulator unkind is wrapped around it. */
export type AnswerCall = (call: Ec2Call) => Promise<Ec2Answer>;

/** The place of the list in the answer to a Describe, and the element that names each thing. */
export interface Listing {
  readonly list: string;
  readonly id: string;
  /** Whether EC2 gives this answer in pages. */
  readonly paged: boolean;
}

const listings: Readonly<Record<string, Listing>> = {
  DescribeVpcs: { list: 'vpcSet', id: 'vpcId', paged: true },
  DescribeSubnets: { list: 'subnetSet', id: 'subnetId', paged: true },
  DescribeInternetGateways: { list: 'internetGatewaySet', id: 'internetGatewayId', paged: true },
  DescribeRouteTables: { list: 'routeTableSet', id: 'routeTableId', paged: true },
  DescribeSecurityGroups: { list: 'securityGroupInfo', id: 'groupId', paged: true },
  DescribeSecurityGroupRules: { list: 'securityGroupRuleSet', id: 'securityGroupRuleId', paged: true },
  DescribeLaunchTemplates: { list: 'launchTemplates', id: 'launchTemplateId', paged: true },
  DescribeKeyPairs: { list: 'keySet', id: 'keyName', paged: false },
  DescribeInstances: { list: 'instancesSet', id: 'instanceId', paged: true },
  DescribeImages: { list: 'imagesSet', id: 'imageId', paged: true },
  DescribeNetworkInterfaces: { list: 'networkInterfaceSet', id: 'networkInterfaceId', paged: true },
  DescribeVolumes: { list: 'volumeSet', id: 'volumeId', paged: true },
  DescribeNatGateways: { list: 'natGatewaySet', id: 'natGatewayId', paged: true },
  DescribeInstanceTypes: { list: 'instanceTypeSet', id: 'instanceType', paged: true },
  DescribeInstanceTypeOfferings: { list: 'instanceTypeOfferingSet', id: 'instanceType', paged: true },
};

/** The listing of this action; `undefined` when it lists nothing of ours. */
export function listingOf(action: string): Listing | undefined {
  return Object.hasOwn(listings, action) ? listings[action] : undefined;
}

/** The element of an answer that names what the action made. */
const made: Readonly<Record<string, string>> = {
  CreateVpc: 'vpcId',
  CreateSubnet: 'subnetId',
  CreateInternetGateway: 'internetGatewayId',
  CreateRouteTable: 'routeTableId',
  CreateSecurityGroup: 'groupId',
  AuthorizeSecurityGroupIngress: 'securityGroupRuleId',
  ImportKeyPair: 'keyName',
  CreateLaunchTemplate: 'launchTemplateId',
  RunInstances: 'instanceId',
};

/** Ids of what a call made. */
export function madeBy({ action }: Ec2Call, { status, body }: Ec2Answer): readonly string[] {
  const id = Object.hasOwn(made, action) ? made[action] : undefined;
  if (id === undefined || status >= 300) return [];
  const named = elementsWhere(parseXml(body), (element) => textOf(element, id) !== undefined);
  return [...new Set(named.flatMap((element) => textOf(element, id) ?? []))];
}

/** The parameter that names what the action changes. */
const changed: Readonly<Record<string, RegExp>> = {
  ModifySubnetAttribute: /^SubnetId$/,
  AttachInternetGateway: /^InternetGatewayId$/,
  CreateRoute: /^RouteTableId$/,
  ReplaceRoute: /^RouteTableId$/,
  AssociateRouteTable: /^RouteTableId$/,
  AuthorizeSecurityGroupIngress: /^GroupId$/,
  DetachInternetGateway: /^InternetGatewayId$/,
  RevokeSecurityGroupIngress: /^GroupId$/,
  TerminateInstances: /^InstanceId\.\d+$/,
  StopInstances: /^InstanceId\.\d+$/,
  StartInstances: /^InstanceId\.\d+$/,
  CreateTags: /^ResourceId\.\d+$/,
  DeleteTags: /^ResourceId\.\d+$/,
};

/** Ids of what a call changed. */
export function changedBy({ action, form }: Ec2Call, { status }: Ec2Answer): readonly string[] {
  const parameter = Object.hasOwn(changed, action) ? changed[action] : undefined;
  if (parameter === undefined || status >= 300) return [];
  return [...(form ?? [])].filter(([name]) => parameter.test(name)).map(([, value]) => value);
}
