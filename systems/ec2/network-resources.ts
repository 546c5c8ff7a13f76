import type { NetworkRowName } from '../../model/steps.js';
import type { CreateResource, DeleteResource, LookAtResource } from './ec2-resource.js';
import type { NetworkPartInputs } from './ec2.js';
import { createInternetGateway, deleteInternetGateway, lookAtInternetGateway } from './resources/internet-gateway.js';
import { deleteKeyPair, lookAtKeyPair } from './resources/key-pair.js';
import { createRouteTable, deleteRouteTable, lookAtRouteTable } from './resources/route-table.js';
import { createSecurityGroup, deleteSecurityGroup, lookAtSecurityGroup } from './resources/security-group.js';
import { createSubnet, deleteSubnet, lookAtSubnets } from './resources/subnet.js';
import { createVpc, deleteVpc, lookAtVpc } from './resources/vpc.js';

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

/** How each resource of the network is deleted at EC2. */
export const deleters: Readonly<Record<NetworkRowName, DeleteResource>> = {
  vpc: deleteVpc,
  subnet: deleteSubnet,
  'internet-gateway': deleteInternetGateway,
  'route-table': deleteRouteTable,
  'security-group': deleteSecurityGroup,
  'key-pair': deleteKeyPair,
};
