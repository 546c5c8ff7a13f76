import { beforeEach, describe, expect, it } from 'vitest';
import { breakHost, faultUsage, faultWords } from '../../rehearsal/break-host.js';
import type { LastingFault } from '../../rehearsal/hosts/faults/host-fault.js';
import type { Hosts } from '../../rehearsal/hosts/hosts.js';

/** Hosts with state: what is done to one can be seen at it. */
interface FakeHost {
  readonly id: string;
  readonly name: string;
  running: boolean;
  readonly faults: Set<LastingFault>;
}

const notHere = (): Promise<never> => Promise.reject(new Error('not part of this test'));
let known: FakeHost[];

function of(id: string): FakeHost {
  const host = known.find((entry) => entry.id === id);
  if (host === undefined) throw new Error(`no host ${id}`);
  return host;
}

function set(id: string, running: boolean): Promise<void> {
  of(id).running = running;
  return Promise.resolve();
}

const hosts: Hosts = {
  ...{ bringNetworkUp: notHere, boot: notHere, destroy: notHere, takeDown: notHere },
  ...{ readKubeadmEffects: notHere, collectLedger: notHere, followAuditLogs: notHere },
  kill: (id) => set(id, false),
  powerOff: (id) => set(id, false),
  powerOn: (id) => set(id, true),
  reboot: (id) => set(id, true),
  fault(id, fault) {
    const { faults } = of(id);
    const changed = !faults.has(fault);
    faults.add(fault);
    return Promise.resolve(changed);
  },
  heal(id) {
    const ended = [...of(id).faults];
    of(id).faults.clear();
    return Promise.resolve(ended);
  },
  list: () => Promise.resolve(known.map(({ id, name, running }) => ({ id, name, running, address: '198.18.1.4' }))),
};

beforeEach(() => {
  known = [
    { id: 'i-0', name: 'k8s-redis', running: false, faults: new Set() },
    { id: 'i-1', name: 'k8s-redis', running: true, faults: new Set() },
    { id: 'i-2', name: 'k8s-master', running: false, faults: new Set() },
  ];
});

describe('breakHost', () => {
  it('begins a fault once, says how it ends, and ends it by heal', async () => {
    expect(await breakHost(hosts, 'k8s-redis', 'cut')).toMatch(
      /^k8s-redis: cut: .* it neither answers.*; npm run fault -- k8s-redis heal ends it$/,
    );
    expect(await breakHost(hosts, 'k8s-redis', 'cut')).toBe('k8s-redis: cut already');
    await breakHost(hosts, 'k8s-redis', 'full-disk');

    expect(await breakHost(hosts, 'k8s-redis', 'heal')).toBe('k8s-redis: healed of cut, full-disk');
    expect(await breakHost(hosts, 'k8s-redis', 'heal')).toBe('k8s-redis: had nothing to heal');
  });

  it('acts on the running host of a node that has another one which is off', async () => {
    await breakHost(hosts, 'k8s-redis', 'hang');

    expect([...of('i-1').faults]).toEqual(['hang']);
    expect([...of('i-0').faults]).toEqual([]);
  });

  it.each(['cut', 'hang', 'full-disk', 'slow', 'heal', 'reboot'])('refuses %s for a host that is off', async (word) => {
    await expect(breakHost(hosts, 'k8s-master', word)).rejects.toMatchObject({
      type: 'InputInvalid',
      message: `k8s-master: is off, so ${word} is not possible; npm run fault -- k8s-master power-on boots it`,
    });
  });

  it('switches a host off and on, each once', async () => {
    expect(await breakHost(hosts, 'k8s-master', 'power-off')).toBe('k8s-master: is off already');
    expect(await breakHost(hosts, 'k8s-master', 'power-on')).toBe('k8s-master: power-on done');
    expect(await breakHost(hosts, 'k8s-master', 'power-on')).toBe('k8s-master: runs already');
    expect(await breakHost(hosts, 'k8s-master', 'kill')).toContain('power-on boots it');
    expect(of('i-2').running).toBe(false);
  });

  it('refuses another node or word, and names the one that was probably meant', async () => {
    await expect(breakHost(hosts, 'k8s-redsi', 'cut')).rejects.toThrow(
      'node "k8s-redsi": expected one of k8s-redis, k8s-master (did you mean k8s-redis?)',
    );
    await expect(breakHost(hosts, 'k8s-redis', 'cutt')).rejects.toThrow('(did you mean cut?)');
    known = [];
    await expect(breakHost(hosts, 'k8s-redis', 'cut')).rejects.toThrow('no host has been booted yet');
  });
});

describe('faultUsage', () => {
  it('has one line for each word', () => {
    for (const [word, meaning] of Object.entries(faultWords)) {
      expect(faultUsage()).toMatch(new RegExp(`^  ${word} +${meaning.slice(0, 10)}`, 'm'));
    }
  });
});
