import { DeleteKeyPairCommand, ImportKeyPairCommand, type KeyPairInfo } from '@aws-sdk/client-ec2';
import { RolloutError } from '../../../model/rollout-error.js';
import type { CallOptions } from '../../calls.js';
import { callEc2, refusalCode } from '../call-ec2.js';
import { deleteOurs, sendRemoval, type RemovalOutcome } from '../delete-ours.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { Ec2Compute, Owner } from '../ec2.js';
import { isOwned, oldestFirst, ownedBy, tagsAtCreation } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { untilListed } from '../until-listed.js';

/** Looks for the key pair of a cluster, which needs no VPC. */
export async function lookAtKeyPair(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions,
): Promise<SeeResource> {
  const [key] = oldestFirst(await readAll.keyPairs(clients, ownedBy(owner), options), keyPairId);
  if (key?.KeyName === undefined) return () => ({});
  const { KeyName: name, Tags } = key;
  return () => ({ facts: { keyPairName: name }, ours: [{ id: name, name, Tags }] });
}

/** Returns the key pair of a cluster with its public key; `undefined` when there is none. */
export async function describeKeyPair(
  clients: Ec2Clients,
  owner: Owner,
  options?: CallOptions,
): ReturnType<Ec2Compute['describeKeyPair']> {
  const [found] = oldestFirst(await readAll.keyPairs(clients, ownedBy(owner), options), keyPairId);
  return found === undefined ? undefined : { name: found.KeyName ?? '', publicKey: bareKey(found.PublicKey) };
}

/** Imports the public half of `access.key`. Fails with `PlanStale` when another key has its name. */
export async function importKeyPair(
  clients: Ec2Clients,
  input: Owner & { readonly publicKey: string },
  options: CallOptions = {},
): Promise<string> {
  const name = `groundswell-${input.cluster}`;
  const create = new ImportKeyPairCommand({
    KeyName: name,
    PublicKeyMaterial: Buffer.from(input.publicKey),
    TagSpecifications: tagsAtCreation(input, { type: 'key-pair', name, at: clients.now() }),
  });
  try {
    await callEc2('ImportKeyPair', (http) => clients.repeating.send(create, http), options);
    return name;
  } catch (error) {
    if (refusalCode(error) !== 'InvalidKeyPair.Duplicate') throw error;
  }
  const sameName = [{ Name: 'key-name', Values: [name] }];
  const look = () => readAll.keyPairs(clients, sameName, options);
  const [found] = await untilListed(look, (listed) => listed.length > 0);
  if (isOwned(input, found?.Tags) && bareKey(found?.PublicKey) === bareKey(input.publicKey)) return name;
  throw new RolloutError(
    'PlanStale',
    `key pair ${name}: expected ours with the key of access.key, found another; delete that key pair or rename the cluster`,
  );
}

/** Deletes the key pair by its id: its name may be somebody else's a moment later. */
export async function deleteKeyPair(clients: Ec2Clients, owner: Owner, options: CallOptions = {}): Promise<boolean> {
  const end = (KeyPairId: string): Promise<RemovalOutcome> =>
    sendRemoval(
      `DeleteKeyPair ${KeyPairId}`,
      (http) => clients.repeating.send(new DeleteKeyPairCommand({ KeyPairId }), http),
      options,
    );
  return deleteOurs(
    {
      noun: 'key pair',
      find: (call) => readAll.keyPairs(clients, ownedBy(owner), call),
      id: keyPairId,
      remove: (_key, id) => end(id),
      users: () => Promise.resolve([]),
    },
    options,
  );
}

function keyPairId(keyPair: KeyPairInfo): string | undefined {
  return keyPair.KeyPairId;
}

/** A public key without its comment, which EC2 changes. */
function bareKey(publicKey: string | undefined): string {
  return (publicKey ?? '').trim().split(/\s+/).slice(0, 2).join(' ');
}
