import { describe, expect, it } from 'vitest';
import { shareLookups } from '../../../systems/ec2/share-lookups.js';

/** A lookup that ends when it is told to; says what it was asked for. */
function aLookup() {
  const asked: (readonly string[] | undefined)[] = [];
  const ends: ((facts: readonly string[]) => void)[] = [];
  const failures: ((error: Error) => void)[] = [];
  const lookUp = (names?: readonly string[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      asked.push(names);
      ends.push(resolve);
      failures.push(reject);
    });
  return { lookUp, asked, ends, failures };
}

describe('shareLookups', () => {
  it('lets those who come during a lookup wait for one next lookup together, which asks for the names of all', async () => {
    const { lookUp, asked, ends } = aLookup();
    const shared = shareLookups(lookUp);

    const first = shared(['a']);
    const later = [shared(['b']), shared(['c', 'b']), shared(['d'])];
    expect(asked).toEqual([['a']]);
    ends[0]?.(['a is']);
    expect(await first).toEqual(['a is']);
    await Promise.resolve();
    ends[1]?.(['b is']);

    expect(await Promise.all(later)).toEqual([['b is'], ['b is'], ['b is']]);
    expect(asked).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('asks for everything when one of those who wait does', async () => {
    const { lookUp, asked, ends } = aLookup();
    const shared = shareLookups(lookUp);

    const first = shared(['a']);
    const later = [shared(['b']), shared(), shared(['c'])];
    ends[0]?.([]);
    await first;
    await Promise.resolve();
    ends[1]?.([]);
    await Promise.all(later);

    expect(asked).toEqual([['a'], undefined]);
  });

  it('looks anew for who comes after the end', async () => {
    const { lookUp, ends } = aLookup();
    const shared = shareLookups(lookUp);

    const first = shared(['a']);
    ends[0]?.(['before']);
    await first;
    const second = shared(['a']);
    ends[1]?.(['after']);

    expect(await second).toEqual(['after']);
  });

  it('tells a failure to those who waited for that lookup only', async () => {
    const { lookUp, ends, failures } = aLookup();
    const shared = shareLookups(lookUp);

    const first = shared(['a']);
    const second = shared(['b']);
    failures[0]?.(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await Promise.resolve();
    ends[1]?.(['found']);

    expect(await second).toEqual(['found']);
  });
});
