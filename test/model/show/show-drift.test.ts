import { describe, expect, it } from 'vitest';
import type { Difference } from '../../../model/plan/differences.js';
import { cellsOf } from '../../../model/show/cells.js';
import { showDrift } from '../../../model/show/show-drift.js';
import type { DriftReport } from '../../../model/status/drift.js';

function aReport(differences: readonly Difference[], more: Partial<DriftReport> = {}): DriftReport {
  return {
    ...{ cluster: 'ecoeco', checkedAt: '2026-11-27T10:00:00.000Z', planDigest: 'sha256:p' },
    ...{ count: differences.length, differences, ...more },
  };
}

function textOf(report: DriftReport, columns = 80): readonly string[] {
  return showDrift(report, { columns }).map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

const silent = 'its host does not answer, and its Node is not Ready since 2026-11-27T10:00:00Z';
const found: readonly Difference[] = [
  { kind: 'node', name: 'k8s-worker-ai', differs: silent },
  { kind: 'node', name: 'k8s-a', differs: 'no instance with our tags' },
  { kind: 'node', name: 'k8s-b', differs: 'no instance with our tags' },
  { kind: 'unit', name: 'api', differs: 'some of its objects are missing' },
  { kind: 'node', name: 'k8s-c', differs: 'its image is ami-1, the plan has ami-2', stays: true },
];

describe('showDrift', () => {
  it('says in one line that nothing differs', () => {
    expect(textOf(aReport([]))).toEqual(['0 differences between cluster ecoeco and its spec']);
  });

  it('groups by kind and by cause, within the columns of the terminal', () => {
    const lines = textOf(aReport(found));

    expect(lines.join('\n')).toBe(`5 differences between cluster ecoeco and its spec

nodes
  k8s-worker-ai:
      its host does not answer, and its Node is not Ready since
      2026-11-27T10:00:00Z
  k8s-a, k8s-b: no instance with our tags

units
  api: some of its objects are missing

different, but Groundswell does not change it
  k8s-c: its image is ami-1, the plan has ami-2

what \`up\` would do about it: npx groundswell plan`);
    expect(lines.every((line) => cellsOf(line) <= 80)).toBe(true);
  });

  it('keeps each row whole in a pipe', () => {
    expect(textOf(aReport(found), Infinity)).toContain(`  k8s-worker-ai: ${silent}`);
  });

  it('says that a roll-out is at work, and who has the cluster elsewhere', () => {
    const lines = textOf(
      aReport(found.slice(1, 2), {
        applying: { since: '2026-11-27T09:59:00.000Z', by: 'kim' },
        heldBy: { id: 'lt-1', since: '2026-11-27T09:00:00.000Z' },
      }),
      Infinity,
    );

    expect(lines[1]).toBe('a roll-out is at work since 2026-11-27T09:59:00.000Z (kim); it may be about to end them');
    expect(lines[2]).toContain('another Temporal holds the cluster: lock lt-1');
  });

  it('does not call a cluster that nobody can see as the spec says', () => {
    const certificate: Difference = { kind: 'node', name: 'k8s-master', differs: 'admin.conf expired' };
    const lines = textOf(aReport([certificate], { hidden: 'admin.conf expired' }), Infinity);

    expect(lines[1]).toBe(
      'the cluster cannot be seen, because of its certificates: admin.conf expired; what else differs is unknown',
    );
  });

  it('counts what it does not list', () => {
    expect(textOf(aReport(found.slice(0, 1), { count: 300 }), Infinity)).toContain(
      'and 299 more: npx groundswell plan',
    );
  });
});
