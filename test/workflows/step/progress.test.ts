import { describe, expect, it } from 'vitest';
import type { ApplyStatus, StepStatus } from '../../../model/status/status.js';
import { unitStep } from '../../../model/steps.js';
import { applyDetails, stepsDetails } from '../../../workflows/step/progress.js';

/** What the server lets details be, in bytes of the JSON text of the payload. */
const serverLimit = 20_000;

function bytes(markdown: string): number {
  return Buffer.byteLength(JSON.stringify(markdown));
}

/** A parked step of a long name, with a long failure in letters of three bytes, line ends and quotation marks. */
function aParkedStep(index: number): StepStatus {
  return {
    step: `node/${'n'.repeat(58)}-${index}/reachable`,
    state: 'parked',
    parkId: `0198c2f0-0000-7000-8000-000000000000:${index}`,
    failure: {
      type: 'HostUnreachable',
      message: '호스트가 "응답"하지 않습니다\n'.repeat(500),
      advice: 'look at the console of the instance',
      attempts: 3,
    },
  };
}

function aStatus(parked: readonly StepStatus[]): ApplyStatus {
  return {
    cluster: 'c'.repeat(40),
    planDigest: 'd'.repeat(64),
    stage: 'nodes and waves',
    network: [{ step: 'network/vpc', state: 'done', changed: true }],
    verify: { step: 'verify/cluster', state: 'not begun' },
    nodes: Array.from({ length: 1000 }, (_, index) => ({ name: `k8s-${index}`, state: 'open' as const })),
    waves: Array.from({ length: 100 }, (_, wave) => ({ wave, state: 'not begun' as const })),
    parked,
    skipped: [],
    stopping: false,
  };
}

describe('the current details of a run', () => {
  it('are within the limit of the server with 1,000 parked steps, say how many there are besides, and what to answer', () => {
    const parked = Array.from({ length: 1000 }, (_, index) => aParkedStep(index));

    const details = applyDetails(aStatus(parked), 7);

    expect(bytes(details)).toBeLessThan(serverLimit);
    expect(details).toContain('`groundswell resolve ');
    const shown = details.match(/^- 🛑/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(3);
    expect(details).toContain(`- … and ${1000 + 2 - shown} more steps: \`groundswell status\``);
  });

  it('are within the limit of the server with 1,000 steps that were skipped', () => {
    const skipped = Array.from({ length: 1000 }, (_, index) => ({
      step: unitStep(4, `unit-${index}`),
      reason: '노드가 "없습니다"\n'.repeat(50),
      by: 'groundswell',
    }));

    const details = applyDetails({ ...aStatus([]), skipped }, 7);

    expect(bytes(details)).toBeLessThan(serverLimit);
    expect(details).toContain('more steps: `groundswell status`');
  });

  it('with few steps show every one', () => {
    const details = applyDetails(aStatus([aParkedStep(1)]), 7);

    expect(details).toContain('- ✅ `network/vpc`');
    expect(details).toContain('- ▫️ `verify/cluster`');
    expect(details).not.toContain('more steps');
  });
});

describe('the current details of a child', () => {
  it('of 1,000 units are within the limit of the server, and show first what waits for a person', () => {
    const units = Array.from({ length: 1000 }, (_, index): StepStatus => {
      const step = unitStep(4, `${'u'.repeat(58)}-${index}`);
      return { ...aParkedStep(index), step, state: index % 100 === 99 ? 'parked' : 'done' };
    });

    const details = stepsDetails('wave 4', units, 'ecoeco');

    expect(bytes(details)).toBeLessThan(serverLimit);
    expect(details.split('\n')[2]).toContain(`- 🛑 \`wave/4/${'u'.repeat(58)}-99\``);
  });

  it('with few steps keep their order', () => {
    const steps: StepStatus[] = [
      { step: 'node/a/instance', state: 'done' },
      { step: 'node/a/reachable', state: 'parked' },
    ];

    expect(stepsDetails('node a', steps, 'ecoeco').split('\n').slice(2)).toEqual([
      '- ✅ `node/a/instance`',
      '- 🛑 `node/a/reachable`',
    ]);
  });
});
