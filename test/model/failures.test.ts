import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptsAllowed, failureKinds, isBudgetSpent } from '../../model/failures.js';

const types = Object.keys(failureKinds);

/** How many failures in this order a step bears before its budget is spent. */
function borne(order: readonly string[]): number {
  const failures = new Map<string, number>();
  for (const [index, type] of order.entries()) {
    failures.set(type, (failures.get(type) ?? 0) + 1);
    if (isBudgetSpent(failures)) return index + 1;
  }
  return order.length;
}

describe('isBudgetSpent', () => {
  it('is spent by as many failures of one type as the table allows', () => {
    for (const type of types) {
      expect(borne(Array.from({ length: 20 }, () => type))).toBe(attemptsAllowed(type));
    }
  });

  it('is spent by twelve failures at the latest, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types), { minLength: 12, maxLength: 40 }), (order) => {
        expect(borne(order)).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('is spent at once by a failure that a person must mend', () => {
    expect(borne(['AwsThrottled', 'HostUnreachable', 'HostKeyChanged', 'HostUnreachable'])).toBe(3);
  });

  it('is not spent before anything failed', () => {
    expect(isBudgetSpent(new Map())).toBe(false);
  });
});
