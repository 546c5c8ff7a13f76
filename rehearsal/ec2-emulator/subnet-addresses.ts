import { addressRange } from '../../model/spec/cidr.js';

/** Gives addresses in subnets as EC2 does: never the first four, never the last, and none twice. */
export interface SubnetAddresses {
  /** The next address; `undefined` when the subnet is used up. An address that was given up does not come back. */
  next(subnetId: string, cidr: string): string | undefined;
}

/** Starts with nothing given. */
export function createSubnetAddresses(): SubnetAddresses {
  const given = new Map<string, number>();
  return {
    next(subnetId, cidr) {
      const { first, last } = addressRange(cidr);
      const next = given.get(subnetId) ?? first + 4;
      if (next >= last) return undefined;
      given.set(subnetId, next + 1);
      return [24, 16, 8, 0].map((shift) => Math.floor(next / 2 ** shift) % 256).join('.');
    },
  };
}
