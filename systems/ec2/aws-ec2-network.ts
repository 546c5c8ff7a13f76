import type { Ec2Clients } from './ec2-client.js';
import type { Ec2Network } from './ec2.js';
import { creators, deleters } from './network-resources.js';
import { createNetworkReads } from './network-reads.js';
import { tagNames } from './ownership-tags.js';
import { sweepResidue } from './sweep-residue.js';
import { tagVpc } from './resources/vpc.js';

/** Implements the network of a cluster with EC2. */
export function createAwsEc2Network(clients: Ec2Clients): Ec2Network {
  return {
    describeNetwork: createNetworkReads(clients),
    createPart: (part, input, options) => creators[part](clients, input, options),
    deletePart: (part, input, options) => deleters[part](clients, input, options),
    describeResidue: (owner, options) => sweepResidue(clients, owner, options),
    recordInitialised: ({ vpcId, generation }, options) =>
      tagVpc(clients, { vpcId, tag: { Key: tagNames.initialised, Value: String(generation) } }, options),
    recordWorkerSecret: ({ vpcId, fingerprint }, options) =>
      tagVpc(clients, { vpcId, tag: { Key: tagNames.workerSecret, Value: fingerprint } }, options),
  };
}
