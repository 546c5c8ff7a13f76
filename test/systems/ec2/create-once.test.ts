import { describe, expect, it } from 'vitest';
import { RolloutError } from '../../../model/rollout-error.js';
import { createOnce } from '../../../systems/ec2/create-once.js';

interface Thing {
  readonly id: string;
  readonly Tags: { Key: string; Value: string }[];
}

/** EC2 with things of one kind; `hidden` ones are not listed yet, and are after the next creation. */
function someThings() {
  const listed: Thing[] = [];
  const hidden: Thing[] = [];
  const removed: string[] = [];
  return {
    hidden,
    removed,
    add(id: string, created: string): string {
      listed.push(...hidden.splice(0), aThing(id, created));
      return id;
    },
    find: (): Promise<readonly Thing[]> => Promise.resolve([...listed]),
    remove: (id: string): Promise<void> => Promise.resolve(void removed.push(id)),
    id: (thing: Thing): string => thing.id,
  };
}

function aThing(id: string, created: string): Thing {
  return { id, Tags: [{ Key: 'groundswell.dev/created', Value: created }] };
}

describe('createOnce', () => {
  it('makes nothing when there is one', async () => {
    const things = someThings();
    things.add('vpc-1', '2026-01-01');

    const id = await createOnce({ ...things, create: () => Promise.reject(new Error('not to be called')) });

    expect(id).toBe('vpc-1');
  });

  it('returns what it made', async () => {
    const things = someThings();

    expect(await createOnce({ ...things, create: () => Promise.resolve(things.add('vpc-1', '2026-01-01')) })).toBe(
      'vpc-1',
    );
    expect(things.removed).toEqual([]);
  });

  it('returns what it made when EC2 does not list it yet', async () => {
    expect(await createOnce({ ...someThings(), create: () => Promise.resolve('vpc-1') })).toBe('vpc-1');
  });

  it('finds what a call made whose answer was lost', async () => {
    const things = someThings();

    const id = await createOnce({
      ...things,
      create() {
        things.add('vpc-1', '2026-01-01');
        return Promise.reject(new RolloutError('AwsUnavailable', 'CreateVpc: ECONNRESET'));
      },
    });

    expect(id).toBe('vpc-1');
  });

  it('fails as the call did when nothing was made', async () => {
    const lost = new RolloutError('AwsUnavailable', 'CreateVpc: ECONNRESET');

    await expect(createOnce({ ...someThings(), create: () => Promise.reject(lost) })).rejects.toBe(lost);
  });

  it('does not take another thing for its own when it was refused', async () => {
    const quota = new RolloutError('AwsQuota', 'CreateVpc: VpcLimitExceeded');
    const things = someThings();

    const made = createOnce({
      ...things,
      create() {
        things.add('vpc-1', '2026-01-01');
        return Promise.reject(quota);
      },
    });

    await expect(made).rejects.toBe(quota);
  });

  it('removes its own again when an older one shows up', async () => {
    const things = someThings();
    things.hidden.push(aThing('vpc-older', '2026-01-01'));

    const id = await createOnce({ ...things, create: () => Promise.resolve(things.add('vpc-newer', '2026-01-02')) });

    expect(id).toBe('vpc-older');
    expect(things.removed).toEqual(['vpc-newer']);
  });

  it('keeps its own and leaves a younger one alone, which is not its own to remove', async () => {
    const things = someThings();
    things.hidden.push(aThing('vpc-younger', '2026-01-03'));

    const id = await createOnce({ ...things, create: () => Promise.resolve(things.add('vpc-mine', '2026-01-02')) });

    expect(id).toBe('vpc-mine');
    expect(things.removed).toEqual([]);
  });
});
