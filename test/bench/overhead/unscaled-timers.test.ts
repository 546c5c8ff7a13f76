import { describe, expect, it } from 'vitest';
import { fasterPaces, productPaces, unscaledTimers } from '../../../bench/overhead/unscaled-timers.js';

describe('fasterPaces', () => {
  it('makes every look and the settle window shorter, and no deadline', () => {
    const { instances, waves } = fasterPaces(60);

    expect(instances?.everyMs).toBe(productPaces.instances.everyMs / 60);
    expect(instances?.deadlineMs).toBe(productPaces.instances.deadlineMs);
    expect(waves?.settleMs).toBe(productPaces.waves.settleMs / 60);
  });

  it('knows a pace of every group that the product has', () => {
    expect(Object.keys(fasterPaces(60))).toEqual(Object.keys(productPaces));
  });
});

describe('unscaledTimers', () => {
  it('names each with the time that the product has', () => {
    expect(unscaledTimers.map(({ timer }) => timer)).toContain(
      `gate of a unit: looks every ${productPaces.waves.everyMs / 1_000} s, must hold for ${productPaces.waves.settleMs / 1_000} s`,
    );
  });
});
