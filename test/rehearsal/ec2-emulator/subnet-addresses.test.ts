import { describe, expect, it } from 'vitest';
import { createSubnetAddresses } from '../../../rehearsal/ec2-emulator/subnet-addresses.js';

describe('createSubnetAddresses', () => {
  it('gives every address of a subnet once, but for the first four and the last', () => {
    const addresses = createSubnetAddresses();

    const given = Array.from({ length: 60 }, () => addresses.next('subnet-1', '198.18.7.64/26'));

    expect(given[0]).toBe('198.18.7.68');
    expect(given[58]).toBe('198.18.7.126');
    expect(given[59]).toBeUndefined();
    expect(new Set(given).size).toBe(60);
  });

  it('keeps subnets apart', () => {
    const addresses = createSubnetAddresses();
    addresses.next('subnet-1', '198.18.7.0/26');

    expect(addresses.next('subnet-2', '198.18.7.64/26')).toBe('198.18.7.68');
  });
});
