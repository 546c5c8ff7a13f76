import type { NetworkRowName } from '../../model/steps.js';
import type { CreateResource, LookAtResource } from './ec2-resource.js';
import type { NetworkPartInputs } from './ec2.js';
import { createInternetGateway, lookAtInternetGateway } from './resources/internet-gateway.js';
import { lookAtKeyPair } from './resources/key-pair.js';
import { createRouteTable, lookAtRouteTable } from './resources/route-table.js';
import { createSecurityGroup, lookAtSecurityGroup } from './resources/security-group.js';
import { createSubnet, lookAtSubnets } from './resources/subnet.js';
import { createVpc, lookAtVpc } from './resources/vpc.js';

/** The look at each resource of the network at EC2. */
export const looks: Readonly<Record<NetworkRowName, LookAtResource>> = {
  vpc: lookAtVpc,
  subnet: lookAtSubnets,
  'internet-gateway': lookAtInternetGateway,
  'route-table': lookAtRouteTable,
  'security-group': lookAtSecurityGroup,
  'key-pair': lookAtKeyPair,
};

/** The creation of each resource of the network at EC2; `Ec2Compute` imports the key pair. */
export const creators: { readonly [Part in keyof NetworkPartInputs]: CreateResource<Part> } = {
  vpc: createVpc,
  subnet: createSubnet,
  'internet-gateway': createInternetGateway,
  'route-table': createRouteTable,
  'security-group': createSecurityGroup,
};
