import { describe, expect, it } from 'vitest';
import { searchAttributePairs } from '../../workflows/search-attributes.js';

const known = ['GroundswellCluster', 'GroundswellParkedSteps', 'GroundswellGitSha'];

/** What the server lets one value be, in bytes of its JSON text. */
const serverLimit = 2_048;

function parked(steps: readonly string[]): readonly string[] {
  const [pair] = searchAttributePairs(known, { GroundswellParkedSteps: steps });
  const value: unknown = pair?.value;
  return Array.isArray(value) ? value.map(String) : [];
}

describe('searchAttributePairs', () => {
  it('caps 1,000 parked steps of the longest names to what the server takes', () => {
    const steps = Array.from({ length: 1000 }, (_, index) => `node/${'n'.repeat(58)}-${index}/reachable`);

    const value = parked(steps);

    expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThan(serverLimit);
    expect(value).toHaveLength(20);
    expect(value).toEqual(steps.slice(0, 20));
  });

  it('counts bytes, and gives fewer steps where their names are longer', () => {
    const value = parked(Array.from({ length: 20 }, (_, index) => `network/subnet-${'가'.repeat(60)}-${index}`));

    expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThan(serverLimit);
    expect(value.length).toBeGreaterThan(5);
  });

  it('cuts a keyword that no database would take', () => {
    const [pair] = searchAttributePairs(known, { GroundswellGitSha: '가'.repeat(1000) });

    expect(Buffer.byteLength(String(pair?.value))).toBeLessThanOrEqual(255);
  });

  it('leaves out what the server does not know', () => {
    expect(searchAttributePairs([], { GroundswellCluster: 'ecoeco' })).toEqual([]);
  });
});
