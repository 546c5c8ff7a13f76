import { describe, expect, it } from 'vitest';
import { decideJoin, resetRefusal } from '../../../activities/hosts/decide-join.js';
import type { HostFacts } from '../../../activities/hosts/host-program.js';

function facts(fields: Partial<HostFacts>): HostFacts {
  return {
    machineId: 'm1',
    bootId: 'b1',
    prepared: 'd',
    joined: false,
    joinBegun: false,
    bootstrapLeft: false,
    neverJoined: false,
    kubeletHealthy: false,
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
    ['finish', 'a join that ended before its kubelet had credentials', { joinBegun: true, neverJoined: true }],
    ['wait', 'a host that joined long ago and is not well', { joinBegun: true }],
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
  it.each([{ bootstrapLeft: true }, { neverJoined: true }])(
    'allows it where a join was cut off (%o) and no Node is this machine',
    (proof) => {
      const host = facts({ joinBegun: true, ...proof });
      expect(resetRefusal(host, undefined)).toBeUndefined();
      expect(resetRefusal(host, { machineId: 'm0', ready: true })).toBeUndefined();
    },
  );

  it('refuses to delete the Node of this machine, Ready or not, whatever the host shows', () => {
    const host = facts({ joinBegun: true, bootstrapLeft: true });
    expect(resetRefusal(host, { machineId: 'm1', ready: false })).toBe('its Node is this host and not Ready');
    expect(resetRefusal(facts({}), { machineId: 'm1', ready: false })).toBe('its Node is this host and not Ready');
  });

  it('refuses to reset a host whose join had ended, though nobody knows a Node of it', () => {
    expect(resetRefusal(facts({ joinBegun: true }), undefined)).toBe('its join had completed');
  });

  it('refuses to reset a working node', () => {
    expect(resetRefusal(facts({ joined: true }), undefined)).toBe('it has joined');
    expect(resetRefusal(facts({}), { machineId: 'm1', ready: true })).toBe('its Node is this host and Ready');
  });
});
