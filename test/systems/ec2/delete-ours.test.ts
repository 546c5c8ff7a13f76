import { describe, expect, it } from 'vitest';
import { RolloutError } from '../../../model/rollout-error.js';
import { deleteOurs, type Deletion, type RemovalOutcome } from '../../../systems/ec2/delete-ours.js';

function refusal(code: string): RolloutError {
  return new RolloutError('AwsUnavailable', code, { cause: Object.assign(new Error(code), { code }) });
}

/** Things that are listed until they are removed; `outcomes` of the removals one after the other. */
function someThings(ids: readonly string[], outcomes: (RemovalOutcome | Error)[] = []) {
  const listed = new Set(ids);
  const removed: string[] = [];
  const deletion: Deletion<string> = {
    noun: 'subnet',
    find: () => Promise.resolve([...listed]),
    id: (id) => id,
    remove(id) {
      const outcome = outcomes.shift() ?? 'removed';
      if (outcome instanceof Error) return Promise.reject(outcome);
      removed.push(id);
      if (outcome === 'removed') listed.delete(id);
      return Promise.resolve(outcome);
    },
    users: () => Promise.resolve([]),
  };
  return { deletion, listed, removed };
}

describe('deleteOurs', () => {
  it('deletes every one, and says that there was something', async () => {
    const { deletion, removed } = someThings(['subnet-1', 'subnet-2']);

    expect(await deleteOurs(deletion)).toBe(true);
    expect(removed).toEqual(['subnet-1', 'subnet-2']);
    expect(await deleteOurs(deletion)).toBe(false);
  });

  it('tries again what EC2 lists and does not know everywhere yet', async () => {
    const { deletion, listed } = someThings(['subnet-1'], ['not known', 'removed']);

    expect(await deleteOurs(deletion)).toBe(true);
    expect(listed.size).toBe(0);
  });

  it('says that it deleted nothing where the list was only late', async () => {
    const { deletion, listed } = someThings(['subnet-1'], ['not known']);
    const find = deletion.find;

    const gone = deleteOurs({
      ...deletion,
      find(options) {
        const found = find(options);
        listed.clear();
        return found;
      },
    });

    expect(await gone).toBe(false);
  });

  it('fails when it stays listed and unknown beyond the lag of EC2', async () => {
    const { deletion } = someThings(['subnet-1'], ['not known', 'not known']);

    await expect(deleteOurs({ ...deletion, lagMs: 0 })).rejects.toMatchObject({
      type: 'AwsUnavailable',
      message: 'subnet subnet-1: expected it to be gone, found it listed and told not to exist',
    });
  });

  it.each([
    [[], 'nothing that EC2 lists: it may only be late'],
    [['instance i-1 (web)'], 'instance i-1 (web)'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more'],
  ])('names what uses it: %j', async (users, found) => {
    const { deletion } = someThings(['subnet-1'], [refusal('DependencyViolation')]);

    await expect(deleteOurs({ ...deletion, users: () => Promise.resolve(users) })).rejects.toMatchObject({
      type: 'AwsInUse',
      message: `subnet subnet-1: expected nothing to use it, found ${found}`,
      details: users.join('\n'),
    });
  });

  it('passes any other refusal on', async () => {
    const denied = refusal('UnauthorizedOperation');

    await expect(deleteOurs(someThings(['subnet-1'], [denied]).deletion)).rejects.toBe(denied);
  });
});
