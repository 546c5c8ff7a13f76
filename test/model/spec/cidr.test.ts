import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressRange, canonicalCidr, cidrContains, cidrsOverlap } from '../../../model/spec/cidr.js';

const cidr = fc
  .record({
    bytes: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
    length: fc.integer({ min: 0, max: 32 }),
  })
  .map(({ bytes, length }) => `${bytes.join('.')}/${length}`);

describe('cidr', () => {
  it('knows the first and the last address of a range', () => {
    expect(addressRange('10.20.16.0/20')).toEqual({ first: 169086976, last: 169091071, prefixLength: 20 });
    expect(addressRange('255.255.255.255/32').last).toBe(2 ** 32 - 1);
    expect(addressRange('0.0.0.0/0')).toEqual({ first: 0, last: 2 ** 32 - 1, prefixLength: 0 });
  });

  it('tells neighbours from overlapping ranges', () => {
    expect(cidrsOverlap('10.20.0.0/20', '10.20.16.0/20')).toBe(false);
    expect(cidrsOverlap('10.20.0.0/20', '10.20.15.255/32')).toBe(true);
    expect(cidrContains('10.20.0.0/16', '10.20.255.0/24')).toBe(true);
    expect(cidrContains('10.20.0.0/16', '10.20.0.0/15')).toBe(false);
  });

  it('clears host bits once and for all', () => {
    expect(canonicalCidr('192.168.200.77/26')).toBe('192.168.200.64/26');
    fc.assert(fc.property(cidr, (range) => canonicalCidr(canonicalCidr(range)) === canonicalCidr(range)));
  });

  it('finds that two ranges overlap exactly when one contains the other', () => {
    fc.assert(fc.property(cidr, cidr, (a, b) => cidrsOverlap(a, b) === (cidrContains(a, b) || cidrContains(b, a))));
  });
});
