/** An IPv4 range as numbers. `first` and `last` are both inside it. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

/** The range that `10.20.0.0/16` names; host bits are ignored. The text must be valid: the schema sees to that. */
export function addressRange(cidr: string): AddressRange {
  const [address = '', prefix = '32'] = cidr.split('/');
  const prefixLength = Number(prefix);
  const size = 2 ** (32 - prefixLength);
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const first = value - (value % size);
  return { first, last: first + size - 1, prefixLength };
}

/** The range with its host bits cleared: `10.20.0.7/16` → `10.20.0.0/16`. */
export function canonicalCidr(cidr: string): string {
  const { first, prefixLength } = addressRange(cidr);
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join('.')}/${prefixLength}`;
}

/** Whether two ranges have an address in common. */
export function cidrsOverlap(a: string, b: string): boolean {
  const [left, right] = [addressRange(a), addressRange(b)];
  return left.first <= right.last && right.first <= left.last;
}

/** Whether all of `inner` lies in `outer`. */
export function cidrContains(outer: string, inner: string): boolean {
  const [whole, part] = [addressRange(outer), addressRange(inner)];
  return whole.first <= part.first && part.last <= whole.last;
}
