import { CreateLaunchTemplateCommand, DeleteLaunchTemplateCommand, type Tag } from '@aws-sdk/client-ec2';
import type { WorldHolder, WorldLock } from '../../model/facts/world-lock.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { callEc2, refusalCode } from './call-ec2.js';
import { sendRemoval, type RemovalOutcome } from './delete-ours.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Ec2Lock, Owner } from './ec2.js';
import { givenId } from './given-id.js';
import { isOwned, tagNames, tagsAtCreation, tagValue } from './ownership-tags.js';
import { readAll } from './read-pages.js';
import { untilListed } from './until-listed.js';

/**
 * EC2 refuses the second launch template of a name, also for two callers at the same moment (seen in hashicorp/packer
 * #7817). EC2 never reuses an id, so that a removal meets no successor.
 */
const nameTaken = 'InvalidLaunchTemplateName.AlreadyExistsException';
/** A template needs at least one setting for instances; this one is their default anyway. */
const leastData = { InstanceInitiatedShutdownBehavior: 'stop' } as const;
const description = 'Lock of a cluster of Groundswell. Nothing is launched from it.';

/** Implements the locks of clusters with EC2. */
export function createAwsEc2Lock(clients: Ec2Clients): Ec2Lock {
  return {
    describeLock: (owner, options) => describeLock(clients, owner, options),
    createLock: (input, options) => createLock(clients, input, options),
    deleteLock: (input, options) => deleteLock(clients, input, options),
  };
}

async function describeLock(clients: Ec2Clients, owner: Owner, options?: CallOptions): Promise<WorldLock | undefined> {
  const name = lockName(owner);
  const [found] = await readAll.launchTemplates(clients, [{ Name: 'launch-template-name', Values: [name] }], options);
  if (found === undefined) return undefined;
  const id = givenId('DescribeLaunchTemplates', found.LaunchTemplateId);
  if (!isOwned(owner, found.Tags)) {
    throw new RolloutError(
      'AwsRefused',
      `launch template ${name} (${id}): expected none, or ours with its tags, found another; delete it or rename the cluster`,
    );
  }
  const holder = holderIn(found.Tags);
  return { id, since: found.CreateTime?.toISOString() ?? 'unknown', ...(holder === undefined ? {} : { holder }) };
}

async function createLock(
  clients: Ec2Clients,
  input: Owner & { readonly holder: WorldHolder },
  options?: CallOptions,
): Promise<string | undefined> {
  const { repeating, now } = clients;
  const name = lockName(input);
  const made = { type: 'launch-template', name, at: now(), more: tagsOf(input.holder) } as const;
  const create = new CreateLaunchTemplateCommand({
    LaunchTemplateName: name,
    LaunchTemplateData: leastData,
    VersionDescription: description,
    TagSpecifications: tagsAtCreation(input, made),
  });
  const look = (): Promise<WorldLock | undefined> => describeLock(clients, input, options);
  try {
    const { LaunchTemplate } = await callEc2(
      `CreateLaunchTemplate ${name}`,
      (http) => repeating.send(create, http),
      options,
    );
    const id = givenId('CreateLaunchTemplate', LaunchTemplate?.LaunchTemplateId);
    await untilListed(look, (found) => found?.id === id);
    return id;
  } catch (error) {
    if (refusalCode(error) !== nameTaken) throw error;
    await untilListed(look, (found) => found !== undefined);
    return undefined;
  }
}

async function deleteLock(
  clients: Ec2Clients,
  input: Owner & { readonly id: string },
  options?: CallOptions,
): Promise<boolean> {
  const what = `DeleteLaunchTemplate ${input.id}`;
  const end = new DeleteLaunchTemplateCommand({ LaunchTemplateId: input.id });
  const endOnce = (): Promise<RemovalOutcome> =>
    sendRemoval(what, (http) => clients.repeating.send(end, http), options, outcomeOfEnding);
  // an id that is told not to exist, and is listed, is not known everywhere yet
  const outcomeIfGone = async (): Promise<RemovalOutcome | undefined> => {
    const outcome = await endOnce();
    if (outcome === 'removed') return outcome;
    return (await describeLock(clients, input, options))?.id === input.id ? undefined : outcome;
  };
  const outcome = await untilListed(outcomeIfGone, (known) => known !== undefined);
  if (outcome !== undefined) return outcome === 'removed';
  throw new RolloutError('AwsUnavailable', `${what}: expected it to be ended, found it listed and told not to exist`);
}

/** EC2 has one code for an unknown id and another for an unknown name. Source: EC2 API reference, "Error codes". */
function outcomeOfEnding(code: string): RemovalOutcome | undefined {
  return ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateName.NotFoundException'].includes(code)
    ? 'not known'
    : undefined;
}

function lockName({ cluster }: Owner): string {
  return `groundswell-${cluster}-lock`;
}

/** EC2 allows 256 characters in the value of a tag. */
const longestTag = 256;

function tagsOf({ namespaceId, ownServer, place, runId, by }: WorldHolder): Record<string, string> {
  return {
    [tagNames.lockNamespace]: namespaceId,
    ...(ownServer === undefined ? {} : { [tagNames.lockServer]: ownServer.slice(0, longestTag) }),
    [tagNames.lockPlace]: place.slice(0, longestTag),
    [tagNames.lockRun]: runId,
    [tagNames.lockBy]: by.slice(0, longestTag),
  };
}

function holderIn(tags: readonly Tag[] | undefined): WorldHolder | undefined {
  const namespaceId = tagValue(tags, tagNames.lockNamespace);
  const runId = tagValue(tags, tagNames.lockRun);
  if (namespaceId === undefined || runId === undefined) return undefined;
  const ownServer = tagValue(tags, tagNames.lockServer);
  return {
    namespaceId,
    runId,
    ...(ownServer === undefined ? {} : { ownServer }),
    place: tagValue(tags, tagNames.lockPlace) ?? 'at a place that its tags do not say',
    by: tagValue(tags, tagNames.lockBy) ?? 'unknown',
  };
}
