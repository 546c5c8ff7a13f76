import { describe, expect, it } from 'vitest';
import type { WorldHolder, WorldLock } from '../../../model/facts/world-lock.js';
import { decideWorldLock, type WorldLockQuestion } from '../../../model/facts/decide-world-lock.js';

const self: WorldHolder = {
  namespaceId: 'namespace-1',
  ownServer: 'server-1/default',
  place: 'namespace default at 127.0.0.1:7233 on laptop',
  runId: 'run-1',
  by: 'kim',
};
const lockOf = (holder: Partial<WorldHolder>): WorldLock => ({
  id: 'lt-1',
  since: '2026-11-27T10:00:00.000Z',
  holder: { ...self, ...holder },
});
const elsewhere = lockOf({ namespaceId: 'namespace-2', ownServer: 'server-2/default', runId: 'run-2', by: 'lee' });
const { holder: _, ...unnamed } = elsewhere;

function decide(question: Partial<WorldLockQuestion>) {
  return decideWorldLock({ cluster: 'demo', self, found: undefined, isOpen: false, ...question });
}

describe('decideWorldLock', () => {
  it.each([
    ['nobody has it', {}, { do: 'make' }],
    ['this run has it, by an attempt whose answer was lost', { found: lockOf({}) }, { do: 'keep', id: 'lt-1' }],
    ['a closed run of this Temporal has it', { found: lockOf({ runId: 'run-0' }) }, { do: 'replace', id: 'lt-1' }],
    [
      'a run has it of which the database of this own server is lost',
      { found: lockOf({ runId: 'run-0', namespaceId: 'namespace-0' }) },
      { do: 'replace', id: 'lt-1' },
    ],
    [
      'a run has it that the same server knows, before it had a name',
      { found: lockOf({ runId: 'run-0', ownServer: 'server-0/default' }) },
      { do: 'replace', id: 'lt-1' },
    ],
    [
      'another Temporal has it, and its lock was typed',
      { found: elsewhere, takeOver: 'lt-1' },
      { do: 'replace', id: 'lt-1' },
    ],
    [
      'nobody knows who has it, and its lock was typed',
      { found: unnamed, takeOver: 'lt-1' },
      { do: 'replace', id: 'lt-1' },
    ],
    ['nobody has it any more, and a lock was typed', { takeOver: 'lt-1' }, { do: 'make' }],
  ] as const)('%s: %o', (_name, question, decision) => {
    expect(decide(question)).toEqual(decision);
  });

  it.each([
    ['an open run of this Temporal has it', { found: lockOf({ runId: 'run-0' }), isOpen: true }, 'ClusterBusy'],
    ['another Temporal has it', { found: elsewhere }, 'HeldElsewhere'],
    ['another Temporal has it, whatever is open here', { found: elsewhere, isOpen: true }, 'HeldElsewhere'],
    [
      'another Temporal has it by now, and the lock before was typed',
      { found: elsewhere, takeOver: 'lt-0' },
      'HeldElsewhere',
    ],
    ['nobody knows who has it', { found: unnamed }, 'HeldElsewhere'],
    [
      'neither its namespace nor its server has a name',
      {
        self: { ...self, namespaceId: '', ownServer: 'server-1/default' },
        found: lockOf({ namespaceId: '', ownServer: 'x' }),
      },
      'HeldElsewhere',
    ],
  ] as const)('is refused where %s', (_name, question, type) => {
    expect(decide(question)).toMatchObject({ do: 'refuse', type });
  });

  it('says which run has it, where, since when, who started it, and what to type', () => {
    expect(decide({ found: elsewhere })).toEqual({
      do: 'refuse',
      type: 'HeldElsewhere',
      sentence:
        'cluster demo: another Temporal holds the lock: run run-2 of cluster/demo, namespace default at 127.0.0.1:7233 on laptop, ' +
        'since 2026-11-27T10:00:00.000Z (lee); expected the end of that run, or {"takeOver": "lt-1"} if that Temporal is gone for good, found null',
    });
  });

  it('tells a run that lost it to whom, and nothing of taking over', () => {
    expect(decide({ found: elsewhere, again: true })).toMatchObject({
      type: 'HeldElsewhere',
      sentence: expect.stringMatching(
        /^cluster demo: this run lost the lock to another Temporal, and stops: run run-2 .* \(lee\)$/,
      ),
    });
  });

  it('says which lock it is where its tags do not say of whom', () => {
    expect(decide({ found: unnamed, takeOver: 'lt-0' })).toMatchObject({
      sentence: expect.stringMatching(
        /lock lt-1, taken at .*; its tags do not name the holder; expected .*, found "lt-0"$/,
      ),
    });
  });
});
