import { RunInstancesCommand, type _InstanceType, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { instanceFact } from './aws-instances.js';
import { callEc2 } from './call-ec2.js';
import type { Ec2Clients } from './ec2-client.js';
import type { RunInstanceRequest } from './ec2.js';
import { instanceToken } from './instance-token.js';
import { ownershipTags, tagNames } from './ownership-tags.js';

/** A launch, with the root device of its image. */
export interface Launch extends RunInstanceRequest {
  /** Device name of the image's root volume. */
  readonly rootDevice: string;
}

/**
 * Launches one instance. The SDK and we may repeat the request: because of the token, a repeat returns the first
 * instance. Failures are those of `Ec2Compute.runInstance`.
 */
export async function launchInstance(
  { repeating }: Ec2Clients,
  launch: Launch,
  options: CallOptions = {},
): Promise<InstanceFact> {
  const what = `RunInstances ${launch.node} (${launch.type} in ${launch.zone}, generation ${String(launch.generation)})`;
  const run = new RunInstancesCommand(launchInput(launch));
  const instance = (await callEc2(what, (http) => repeating.send(run, http), options)).Instances?.[0];
  const fact = instance === undefined ? undefined : instanceFact(instance);
  if (fact !== undefined) return fact;
  throw new RolloutError('AwsUnavailable', `${what}: expected one instance with our tags in the answer, found none`);
}

/**
 * Builds the request from the launch alone, so that a repeat is byte-identical. For that reason its tags lack a time of
 * creation, which EC2 keeps itself. Allows metadata only by session tokens (IMDSv2), which a pod network cannot get
 * (hop limit 1).
 */
export function launchInput(launch: Launch): RunInstancesCommandInput {
  const tags = ownershipTags(launch, `${launch.cluster}-${launch.node}`, {
    [tagNames.node]: launch.node,
    [tagNames.generation]: String(launch.generation),
    [tagNames.diskGiB]: String(launch.diskGiB),
  });
  return {
    ClientToken: instanceToken(launch),
    MinCount: 1,
    MaxCount: 1,
    ImageId: launch.imageId,
    InstanceType: instanceType(launch.type),
    SubnetId: launch.subnetId,
    SecurityGroupIds: [launch.securityGroupId],
    KeyName: launch.keyPairName,
    UserData: Buffer.from(launch.userData).toString('base64'),
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [
      {
        DeviceName: launch.rootDevice,
        Ebs: { VolumeSize: launch.diskGiB, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ],
    TagSpecifications: [
      { ResourceType: 'instance', Tags: tags },
      { ResourceType: 'volume', Tags: tags },
      { ResourceType: 'network-interface', Tags: tags },
    ],
  };
}

function instanceType(type: string): _InstanceType {
  if (isInstanceType(type)) return type;
  throw new RolloutError('AwsRefused', `instance type ${type}: expected one such as t3.small`);
}

/**
 * Whether a name has the form of an instance type. The SDK's own list is as old as the SDK, so EC2 decides about any
 * such name.
 */
function isInstanceType(type: string): type is _InstanceType {
  return /^[a-z0-9-]+\.[a-z0-9-]+$/.test(type);
}
