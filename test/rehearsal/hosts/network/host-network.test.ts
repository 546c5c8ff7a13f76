import { describe, expect, it } from 'vitest';
import { isNetworkFree } from '../../../../rehearsal/hosts/network/claim-network.js';
import { hostNetworkAt, hostNetworksFor, networkCount } from '../../../../rehearsal/hosts/network/host-network.js';

describe('hostNetworkAt', () => {
  it('gives every index names and addresses of its own', () => {
    const networks = Array.from({ length: networkCount }, (_, index) => hostNetworkAt(index + 1));

    for (const key of ['id', 'cidr', 'uplinkAddress', 'uplinkSwitchAddress', 'workerNamespace'] as const) {
      expect(new Set(networks.map((network) => network[key])).size).toBe(networkCount);
    }
  });

  it('keeps uplinks as /30 networks inside 198.19.192.0/22', () => {
    expect(hostNetworkAt(1)).toMatchObject({ uplinkAddress: '198.19.192.5', uplinkSwitchAddress: '198.19.192.6' });
    expect(hostNetworkAt(254)).toMatchObject({
      uplinkAddress: '198.19.195.249',
      uplinkSwitchAddress: '198.19.195.250',
    });
  });

  it('keeps link names within the 15 characters of the kernel', () => {
    expect(hostNetworkAt(254).uplinkName).toBe('gsfe-up');
    expect(hostNetworkAt(254).id.length).toBeLessThanOrEqual(6);
  });
});

describe('hostNetworksFor', () => {
  it('starts at the same network for the same path and offers each network once', () => {
    const offered = [...hostNetworksFor('/home/a/groundswell')].map((network) => network.id);

    expect([...hostNetworksFor('/home/a/groundswell')][0]?.id).toBe(offered[0]);
    expect(new Set(offered).size).toBe(networkCount);
  });

  it('starts elsewhere for other clones', () => {
    const firsts = ['/a', '/b', '/c', '/d'].map((path) => [...hostNetworksFor(path)][0]?.id);

    expect(new Set(firsts).size).toBeGreaterThan(1);
  });
});

describe('isNetworkFree', () => {
  const network = hostNetworkAt(7);

  it('accepts a machine whose routes lead elsewhere', () => {
    const routes = [
      { dst: 'default' },
      { dst: '10.0.0.0/8' },
      { dst: '198.18.8.0/24', dev: 'gs08-up' },
      { dst: 'fe80::/64' },
    ];

    expect(isNetworkFree(network, routes, undefined)).toBe(true);
  });

  it.each(['198.18.7.0/24', '198.18.0.0/15', '198.19.192.28/30', network.uplinkAddress])(
    'refuses a network that the route to %s covers',
    (dst) => {
      expect(isNetworkFree(network, [{ dst, dev: 'other' }], 'gs07-up')).toBe(false);
    },
  );

  it('accepts the route over its own link only when the network is ours by record', () => {
    const routes = [{ dst: '198.18.7.0/24', dev: 'gs07-up' }];

    expect(isNetworkFree(network, routes, 'gs07-up')).toBe(true);
    expect(isNetworkFree(network, routes, undefined)).toBe(false);
  });
});
