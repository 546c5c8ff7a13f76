import { TerminateInstancesCommand, type Image } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { ImageFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { MachineImage } from '../../model/spec/spec.js';
import type { CallOptions } from '../calls.js';
import { createInstanceReads } from './aws-instances.js';
import { callEc2, refusalCode } from './call-ec2.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Ec2Compute } from './ec2.js';
import { launchInstance } from './launch-instance.js';
import { readAll } from './read-pages.js';
import { describeKeyPair, importKeyPair } from './resources/key-pair.js';

/** Implements instances, images and keys with EC2. */
export function createAwsEc2Compute(clients: Ec2Clients): Ec2Compute {
  const describeInstances = createInstanceReads(clients);
  const rootDevices = new Map<string, string>();
  return {
    describeInstances,
    account: (options) => account(clients, options),
    resolveImage: (image, options) => resolveImage(clients, image, options),
    async runInstance(request, options) {
      const known = rootDevices.get(request.imageId);
      const rootDevice = known ?? (await rootDeviceOf(clients, request.imageId, options));
      rootDevices.set(request.imageId, rootDevice);
      return launchInstance(clients, { ...request, rootDevice }, options);
    },
    terminateInstance: (input, options) => terminateInstance(clients, input, options),
    describeKeyPair: (owner, options) => describeKeyPair(clients, owner, options),
    importKeyPair: (input, options) => importKeyPair(clients, input, options),
  };
}

/**
 * Returns the account of the credentials: from the credentials themselves, else from AWS. The call to AWS needs no
 * permission. Source: STS API reference, GetCallerIdentity.
 */
async function account({ repeating, identity }: Ec2Clients, options: CallOptions = {}): Promise<string> {
  const { accountId } = await callEc2('credentials', () => repeating.config.credentials(), options);
  if (accountId !== undefined) return accountId;
  const ask = new GetCallerIdentityCommand({});
  const { Account } = await callEc2('GetCallerIdentity', (http) => identity.send(ask, http), options);
  if (Account !== undefined) return Account;
  throw new RolloutError('AwsUnavailable', 'GetCallerIdentity: expected the account of the credentials, found none');
}

async function resolveImage(clients: Ec2Clients, image: MachineImage, options?: CallOptions): Promise<ImageFact> {
  const images = await readAll.images(
    clients,
    'ami' in image
      ? { ImageIds: [image.ami] }
      : {
          Owners: [image.owner],
          Filters: [
            { Name: 'name', Values: [image.name] },
            { Name: 'state', Values: ['available'] },
          ],
        },
    options,
  );
  const newest = images.sort(newestFirst).find((each) => !('owner' in image) || each.OwnerId === image.owner);
  if (newest?.ImageId !== undefined) {
    const { ImageId: id, Name: name = '', Architecture: architecture } = newest;
    return { id, name, ...(architecture === undefined ? {} : { architecture }) };
  }
  const wanted = 'ami' in image ? image.ami : `${image.name} of ${image.owner}`;
  throw new RolloutError('AwsRefused', `image ${wanted}: expected one that is available, found none`);
}

function newestFirst(a: Image, b: Image): number {
  const age = ({ CreationDate, ImageId }: Image): string => `${CreationDate ?? ''} ${ImageId ?? ''}`;
  return age(a) > age(b) ? -1 : 1;
}

async function rootDeviceOf(clients: Ec2Clients, imageId: string, options?: CallOptions): Promise<string> {
  const [image] = await readAll.images(clients, { ImageIds: [imageId] }, options);
  const rootDevice = image?.RootDeviceName;
  if (rootDevice !== undefined) return rootDevice;
  throw new RolloutError('AwsRefused', `image ${imageId}: expected a root device, found none`);
}

async function terminateInstance(
  { repeating }: Ec2Clients,
  { id }: { readonly id: string },
  options?: CallOptions,
): Promise<void> {
  const end = new TerminateInstancesCommand({ InstanceIds: [id] });
  try {
    await callEc2(`TerminateInstances ${id}`, (http) => repeating.send(end, http), options);
  } catch (error) {
    // EC2 forgets an ended instance after about an hour
    if (refusalCode(error) !== 'InvalidInstanceID.NotFound') throw error;
  }
}
