import type { Tag } from '@aws-sdk/client-ec2';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { refusalCode } from './call-ec2.js';
import { isAlreadyThere } from './classify-failure.js';
import { oldestFirst } from './ownership-tags.js';

/** A thing that EC2 creates without a ClientToken: how it is found, made and, where it is one too many, removed. */
export interface Creation<T> {
  /** Finds ours, by tags. */
  readonly find: () => Promise<readonly T[]>;
  /** Sends the request once and returns the id of what was made. */
  readonly create: () => Promise<string>;
  /** Removes one that this very call made and that turned out to be the second. */
  readonly remove: (id: string) => Promise<unknown>;
  readonly id: (thing: T) => string | undefined;
}

/**
 * Finds a thing or makes it, such that one is left. After an unknown outcome it is looked for again. When an older one
 * shows up after ours was made (a lost answer, or another worker), ours goes. Returns the id.
 */
export async function createOnce<T extends { readonly Tags?: Tag[] | undefined }>(
  creation: Creation<T>,
  options: CallOptions = {},
): Promise<string> {
  const oldest = async (): Promise<string | undefined> => {
    const [first] = oldestFirst(await creation.find(), creation.id);
    return first === undefined ? undefined : creation.id(first);
  };
  const known = await oldest();
  if (known !== undefined) return known;
  let made: string;
  try {
    made = await creation.create();
  } catch (error) {
    const found = outcomeIsUnknown(error) ? await oldest() : undefined;
    if (found === undefined) throw error;
    return found;
  }
  const kept = (await oldest()) ?? made;
  if (kept === made) return made;
  options.onProgress?.(`${made}: removed again, ${kept} is older`);
  await creation.remove(made);
  return kept;
}

function outcomeIsUnknown(error: unknown): boolean {
  if (!(error instanceof RolloutError)) return false;
  return error.type === 'AwsUnavailable' || isAlreadyThere(refusalCode(error) ?? '');
}
