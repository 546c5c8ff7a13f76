import { describe, expect, it } from 'vitest';
import { decideJoin, resetRefusal } from '../../activities/decide-join.js';
import type { HostFacts } from '../../activities/host-program.js';

function facts(fields: Partial<HostFacts>): HostFacts {
  return {
    machineId: 'm1',
    bootId: 'b1',
    prepared: 'd',
    joined: false,
    joinBegun: false,
    bootstrapLeft: false,
    joinRuns: false,
    ...fields,
  };
}

describe('decideJoin', () => {
  it.each([
    ['join', 'a host without a trace of a join', {}],
    ['nothing', 'a host whose Node is it', { joined: true, joinBegun: true }],
    ['attach', 'a join that is at work', { joinRuns: true, joinBegun: true }],
    ['finish', 'a join that was cut off', { joinBegun: true, bootstrapLeft: true }],
    [
      'finish',
      'a Node that is it, with bootstrap credentials left',
      { joined: true, joinBegun: true, bootstrapLeft: true },
    ],
  ])('answers %s for %s', (expected, _, fields) => {
    expect(decideJoin(facts(fields))).toBe(expected);
  });
});

describe('resetRefusal', () => {
  it('allows a reset when the Node is absent, not Ready, or of another machine', () => {
    expect(resetRefusal(facts({}), undefined)).toBeUndefined();
    expect(resetRefusal(facts({}), { machineId: 'm1', ready: false })).toBeUndefined();
    expect(resetRefusal(facts({}), { machineId: 'm0', ready: true })).toBeUndefined();
  });

  it('refuses to reset a working node', () => {
    expect(resetRefusal(facts({ joined: true }), undefined)).toBe('it has joined');
    expect(resetRefusal(facts({}), { machineId: 'm1', ready: true })).toBe('its Node is Ready and is this host');
  });
});
