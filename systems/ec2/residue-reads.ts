import type { Filter, Tag } from '@aws-sdk/client-ec2';
import type { ResidueKind } from '../../model/facts/residue.js';
import type { CallOptions } from '../calls.js';
import type { Ec2Clients } from './ec2-client.js';
import { tagValue } from './ownership-tags.js';
import { readAll } from './read-pages.js';

/** One thing of any kind, as the sweeps look at it. */
export interface SweptThing {
  readonly id: string | undefined;
  readonly tags: readonly Tag[] | undefined;
  /** Default: its tag `Name`. */
  readonly name?: string | undefined;
  readonly vpcId?: string | undefined;
  /** What AWS says of it, where it has a word for it. */
  readonly note?: string | undefined;
}

/** How things of one kind are found. */
export interface ResidueRead {
  /** What these filters match, without what is gone already and what AWS makes itself. */
  readonly read: (clients: Ec2Clients, filters: Filter[], options?: CallOptions) => Promise<readonly SweptThing[]>;
  /** The filter by the id of a VPC; absent where things of this kind are in none. */
  readonly inVpc?: string;
  /** Kubernetes makes such things, with a tag of its own. */
  readonly byKubernetes?: true;
}

/** How things of each kind are found at EC2. */
export const residueReads: Readonly<Record<ResidueKind, ResidueRead>> = {
  instance: {
    inVpc: 'vpc-id',
    read: async (...ask) =>
      (await readAll.instances(...ask))
        .filter(({ State }) => State?.Name !== 'terminated')
        .map(({ InstanceId: id, Tags: tags, VpcId: vpcId, State }) => ({ id, tags, vpcId, note: State?.Name })),
  },
  volume: {
    byKubernetes: true,
    read: async (...ask) =>
      (await readAll.volumes(...ask)).map(({ VolumeId: id, Tags: tags, State }) => ({ id, tags, note: State })),
  },
  'network-interface': {
    inVpc: 'vpc-id',
    byKubernetes: true,
    read: async (...ask) =>
      (await readAll.networkInterfaces(...ask)).map(
        ({ NetworkInterfaceId: id, TagSet: tags, VpcId: vpcId, ...its }) => {
          return { id, tags, vpcId, note: its.Attachment?.InstanceId ?? its.Description };
        },
      ),
  },
  'elastic-ip': {
    byKubernetes: true,
    read: async (...ask) =>
      (await readAll.addresses(...ask)).map(({ AllocationId: id, Tags: tags, PublicIp: note }) => ({ id, tags, note })),
  },
  'nat-gateway': {
    inVpc: 'vpc-id',
    read: async (...ask) =>
      (await readAll.natGateways(...ask))
        .filter(({ State }) => State !== 'deleted')
        .map(({ NatGatewayId: id, Tags: tags, VpcId: vpcId, State: note }) => ({ id, tags, vpcId, note })),
  },
  'vpc-endpoint': {
    inVpc: 'vpc-id',
    read: async (...ask) =>
      (await readAll.vpcEndpoints(...ask))
        .filter(({ State }) => String(State).toLowerCase() !== 'deleted')
        .map(({ VpcEndpointId: id, Tags: tags, VpcId: vpcId, ServiceName: note }) => ({ id, tags, vpcId, note })),
  },
  'vpn-gateway': {
    inVpc: 'attachment.vpc-id',
    read: async (...ask) =>
      (await readAll.vpnGateways(...ask))
        .filter(({ State }) => State !== 'deleted')
        .map(({ VpnGatewayId: id, Tags: tags }) => ({ id, tags })),
  },
  'security-group': {
    inVpc: 'vpc-id',
    byKubernetes: true,
    read: async (...ask) =>
      (await readAll.securityGroups(...ask))
        .filter(({ GroupName }) => GroupName !== 'default')
        .map(({ GroupId: id, Tags: tags, VpcId: vpcId, GroupName: name }) => ({ id, tags, vpcId, name })),
  },
  subnet: {
    inVpc: 'vpc-id',
    read: async (...ask) =>
      (await readAll.subnets(...ask)).map(({ SubnetId: id, Tags: tags, VpcId: vpcId }) => ({ id, tags, vpcId })),
  },
  'route-table': {
    inVpc: 'vpc-id',
    read: async (...ask) =>
      (await readAll.routeTables(...ask))
        .filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main === true))
        .map(({ RouteTableId: id, Tags: tags, VpcId: vpcId }) => ({ id, tags, vpcId })),
  },
  'network-acl': {
    inVpc: 'vpc-id',
    read: async (...ask) =>
      (await readAll.networkAcls(...ask))
        .filter(({ IsDefault }) => IsDefault !== true)
        .map(({ NetworkAclId: id, Tags: tags, VpcId: vpcId }) => ({ id, tags, vpcId })),
  },
  'internet-gateway': {
    inVpc: 'attachment.vpc-id',
    read: async (...ask) =>
      (await readAll.internetGateways(...ask)).map(({ InternetGatewayId: id, Tags: tags, Attachments = [] }) => {
        return { id, tags, vpcId: Attachments[0]?.VpcId };
      }),
  },
  vpc: {
    inVpc: 'vpc-id',
    read: async (...ask) => (await readAll.vpcs(...ask)).map(({ VpcId: id, Tags: tags }) => ({ id, tags, vpcId: id })),
  },
  'key-pair': {
    read: async (...ask) =>
      (await readAll.keyPairs(...ask)).map(({ KeyPairId: id, Tags: tags, KeyName: name }) => ({ id, tags, name })),
  },
  'launch-template': {
    read: async (...ask) =>
      (await readAll.launchTemplates(...ask)).map(({ LaunchTemplateId: id, Tags: tags, LaunchTemplateName: name }) => {
        return { id, tags, name };
      }),
  },
};

/** What a thing is called. */
export function nameOf({ name, tags }: SweptThing): string | undefined {
  return name ?? tagValue(tags, 'Name');
}
