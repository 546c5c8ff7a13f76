import { describe, expect, it } from 'vitest';
import { olderRunText } from '../../../model/status/older-run.js';

const node = { title: 'node k8s-redis', name: 'k8s-redis' };
const since = '2026-11-28T00:10:00.000Z';

describe('olderRunText', () => {
  it('says what waits, since when the older run is parked and on what, and that it is asked to stop', () => {
    const at = { step: 'node/k8s-redis/join', state: 'parked', since } as const;

    const text = olderRunText(node, { since: '2026-11-27T00:00:00.000Z', parentEnded: true, at });

    expect(text).toBe(
      `node k8s-redis waits for an older run of k8s-redis, parked since ${since} on node/k8s-redis/join, ` +
        'whose parent has ended; the newer run asked it to stop',
    );
  });

  it('says where one is at work, and asks none whose parent goes on', () => {
    const at = { step: 'wave/0/redis', state: 'running' } as const;

    expect(olderRunText({ title: 'wave 0', name: 'wave 0' }, { since, parentEnded: false, at })).toBe(
      `wave 0 waits for an older run of wave 0, at wave/0/redis, open since ${since}`,
    );
  });

  it('says since when one is open that does not answer', () => {
    expect(olderRunText(node, { since, parentEnded: true })).toContain(`k8s-redis, open since ${since}, whose`);
  });
});
