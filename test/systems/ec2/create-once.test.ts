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
    remove(id: string): Promise<void> {
      removed.push(id);
      listed.splice(0, listed.length, ...listed.filter((thing) => thing.id !== id));
      return Promise.resolve();
    },
    id: (thing: Thing): string => thing.id,
    settleMs: 1,
    lagMs: 0,
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

  it('makes no second one when a call whose answer was lost made one that EC2 lists late', async () => {
    const things = someThings();
    let looks = 0;
    let creations = 0;

    const id = await createOnce({
      ...things,
      lagMs: 60_000,
      find: () => Promise.resolve((looks += 1) < 4 ? [] : [aThing('vpc-1', '2026-01-01')]),
      create() {
        creations += 1;
        return Promise.reject(new RolloutError('AwsUnavailable', 'CreateVpc: ECONNRESET'));
      },
    });

    expect(id).toBe('vpc-1');
    expect(creations).toBe(1);
  });

  it('waits until its own is listed before it decides that there is no older one', async () => {
    const things = someThings();
    const both = [aThing('vpc-newer', '2026-01-02'), aThing('vpc-older', '2026-01-01')];
    let looks = 0;

    const id = await createOnce({
      ...things,
      lagMs: 60_000,
      find: () => Promise.resolve((looks += 1) < 4 ? [] : both.filter((thing) => !things.removed.includes(thing.id))),
      create: () => Promise.resolve('vpc-newer'),
    });

    expect(id).toBe('vpc-older');
    expect(things.removed).toEqual(['vpc-newer']);
  });

  it('takes for removed what somebody else has removed', async () => {
    const things = someThings();
    things.hidden.push(aThing('vpc-older', '2026-01-01'));

    const id = await createOnce({
      ...things,
      create: () => Promise.resolve(things.add('vpc-newer', '2026-01-02')),
      async remove(mine) {
        await things.remove(mine);
        const gone = Object.assign(new Error('vpc-newer does not exist'), { code: 'InvalidVpcID.NotFound' });
        throw new RolloutError('AwsUnavailable', 'DeleteVpc: InvalidVpcID.NotFound', { cause: gone });
      },
    });

    expect(id).toBe('vpc-older');
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

  it('yields to a younger one when it was given up while it made its own: that one is in use', async () => {
    const things = someThings();
    things.hidden.push(aThing('vpc-in-use', '2026-01-03'));
    const attempt = new AbortController();

    const made = createOnce(
      {
        ...things,
        create() {
          attempt.abort();
          return Promise.resolve(things.add('vpc-late', '2026-01-02'));
        },
      },
      { signal: attempt.signal },
    );

    await expect(made).rejects.toThrow('abort');
    expect(things.removed).toEqual(['vpc-late']);
  });

  it('sends no signal once the request is on its way: what was made is looked for in any case', async () => {
    const signals: unknown[] = [];
    const things = someThings();
    const { signal } = new AbortController();

    await createOnce(
      {
        ...things,
        find(options) {
          signals.push(options.signal);
          return things.find();
        },
        create(options) {
          signals.push(options.signal);
          return Promise.resolve(things.add('vpc-1', '2026-01-01'));
        },
      },
      { signal },
    );

    expect(signals).toEqual([signal, undefined, undefined]);
  });

  it('makes one anew when two makers removed theirs at the same moment', async () => {
    const things = someThings();
    things.hidden.push(aThing('vpc-other', '2026-01-01'));
    let calls = 0;

    const id = await createOnce({
      ...things,
      create: () => Promise.resolve(things.add(`vpc-mine-${(calls += 1)}`, '2026-01-02')),
      async remove(mine) {
        await things.remove(mine);
        await things.remove('vpc-other');
      },
    });

    expect(id).toBe('vpc-mine-2');
    expect(await things.find()).toHaveLength(1);
  });
});
