import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { callEc2, ec2Failure, refusalCode } from './call-ec2.js';
import { isGone, isInUse } from './classify-failure.js';
import { untilListed } from './until-listed.js';

/** What a removal came to: EC2 carried it out, or knows nothing of this id. */
export type RemovalOutcome = 'removed' | 'not known';

/** Things of one kind that are to go: how they are found, taken away, and what may stand in the way. */
export interface Deletion<T> {
  /** What sentences call one: `subnet`. */
  readonly noun: string;
  /** Finds ours, by tags. */
  readonly find: (options: CallOptions) => Promise<readonly T[]>;
  readonly id: (thing: T) => string | undefined;
  /** Takes away what holds it, then the thing. */
  readonly remove: (thing: T, id: string) => Promise<RemovalOutcome>;
  /** Asked where EC2 says that it is in use: what uses it, each in a few words. */
  readonly users: (thing: T, id: string) => Promise<readonly string[]>;
  /** How long EC2 may list what it does not know. Default 20 s. */
  readonly lagMs?: number;
}

/**
 * Deletes all of them, and returns whether there was anything to delete. One that EC2 lists and does not know is either gone
 * or not known everywhere yet: it is tried again until it is not listed, and fails with `AwsUnavailable` when EC2's lag is
 * over. Fails with `AwsInUse` where something uses one.
 */
export async function deleteOurs<T>(deletion: Deletion<T>, options: CallOptions = {}): Promise<boolean> {
  let deleted = false;
  const deleteListed = async (): Promise<readonly string[]> => {
    const notKnown: string[] = [];
    for (const thing of await deletion.find(options)) {
      const id = deletion.id(thing);
      if (id === undefined) continue;
      options.onProgress?.(`deleting ${deletion.noun} ${id}`);
      if ((await removeUnused(deletion, thing, id)) === 'removed') deleted = true;
      else notKnown.push(id);
    }
    return notKnown;
  };
  const [strange] = await untilListed(deleteListed, (notKnown) => notKnown.length === 0, deletion.lagMs);
  if (strange === undefined) return deleted;
  const found = 'found it listed and told not to exist';
  throw new RolloutError('AwsUnavailable', `${deletion.noun} ${strange}: expected it to be gone, ${found}`);
}

async function removeUnused<T>(deletion: Deletion<T>, thing: T, id: string): Promise<RemovalOutcome> {
  try {
    return await deletion.remove(thing, id);
  } catch (error) {
    if (!isInUse(refusalCode(error) ?? '')) throw error;
    const users = await deletion.users(thing, id);
    const found = users.length === 0 ? 'nothing that EC2 lists: it may only be late' : listed(users);
    const sentence = `${deletion.noun} ${id}: expected nothing to use it, found ${found}`;
    throw new RolloutError('AwsInUse', sentence, { cause: error, details: users.join('\n') });
  }
}

const mostNamed = 5;

function listed(users: readonly string[]): string {
  const more = users.length - mostNamed;
  return users.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
}

/** Sends a request that takes something away. `outcomeOf` says which codes of a refusal are no failure. */
export function sendRemoval(
  what: string,
  send: (http: { readonly abortSignal?: AbortSignal }) => Promise<unknown>,
  options: CallOptions = {},
  outcomeOf: (code: string) => RemovalOutcome | undefined = outcomeOfRefusal,
): Promise<RemovalOutcome> {
  const refused = (error: unknown): RemovalOutcome => {
    const outcome = outcomeOf(ec2Failure(error).code);
    if (outcome === undefined) throw error;
    return outcome;
  };
  return callEc2(what, (http) => send(http).then((): RemovalOutcome => 'removed', refused), options);
}

/** What does not exist is not to be taken away. */
export function outcomeOfRefusal(code: string): RemovalOutcome | undefined {
  return isGone(code) ? 'not known' : undefined;
}
