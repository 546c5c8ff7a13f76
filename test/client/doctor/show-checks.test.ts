import { describe, expect, it } from 'vitest';
import { showChecks } from '../../../client/commands/doctor.js';

const checks = [
  { name: 'node', state: 'ok', found: '24.21.0', from: '/usr/bin/node' },
  {
    name: 'spec',
    state: 'ok',
    found: 'valid: ecoeco, 14 nodes, 14 units',
    from: '/home/somebody/groundswell/.groundswell/rehearsal/cluster.yaml',
  },
  { name: 'worker', state: 'missing', found: 'none', advice: 'npx groundswell worker' },
] as const;

const text = (columns: number): readonly string[] =>
  showChecks(checks, columns).map((line) =>
    line
      .map((part) => part.text)
      .join('')
      .trimEnd(),
  );

describe('showChecks', () => {
  it('puts a place that does not fit below its row, so that no row wraps at 80 columns', () => {
    expect(text(80)).toEqual([
      '✓ node    24.21.0                            /usr/bin/node',
      '✓ spec    valid: ecoeco, 14 nodes, 14 units',
      '          /home/somebody/groundswell/.groundswell/rehearsal/cluster.yaml',
      '✗ worker  none',
      '          → npx groundswell worker',
    ]);
  });

  it('has one row for each where there is room, as in a pipe', () => {
    expect(text(Infinity)[1]).toBe(
      '✓ spec    valid: ecoeco, 14 nodes, 14 units  /home/somebody/groundswell/.groundswell/rehearsal/cluster.yaml',
    );
  });
});
