import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendHostEffect, recordedIds } from '../../../../rehearsal/hosts/ledger/host-ledger.js';
import { parseKubeadmEffects } from '../../../../rehearsal/hosts/ledger/kubeadm-effects.js';

const ids = {
  started: '39f53479d3a045ac8e11786248231fbf',
  succeeded: '7ad2d189f7e94e70a38c781354912448',
  failed: 'd9b373ed55a64feb8242e02dbe79a49c',
} as const;

function entry(unit: string, invocation: string, message: keyof typeof ids, second: number, text = 'x'): string {
  return JSON.stringify({
    UNIT: unit,
    INVOCATION_ID: invocation,
    MESSAGE_ID: ids[message],
    MESSAGE: text,
    __REALTIME_TIMESTAMP: String(second * 1_000_000),
  });
}

const join1 = 'groundswell-join-g1.service';

describe('parseKubeadmEffects', () => {
  it('counts each start of a unit, with its own outcome', () => {
    const lines = [
      entry(join1, 'a', 'started', 1),
      entry(join1, 'a', 'failed', 2),
      entry(join1, 'b', 'started', 3),
      entry(join1, 'b', 'succeeded', 4),
      entry('groundswell-init-g2.service', 'c', 'started', 5),
    ];

    const effects = parseKubeadmEffects(lines.join('\n'));

    expect(effects.map(({ effect, time, succeeded }) => [effect, time, succeeded])).toEqual([
      ['kubeadm join', '1970-01-01T00:00:01.000Z', false],
      ['kubeadm join', '1970-01-01T00:00:03.000Z', true],
      ['kubeadm init', '1970-01-01T00:00:05.000Z', undefined],
    ]);
  });

  it('takes a one-shot unit that finished as a success', () => {
    const lines = entry(join1, 'a', 'started', 1, 'Finished groundswell-join-g1.service - /usr/bin/kubeadm join.');

    expect(parseKubeadmEffects(lines)[0]?.succeeded).toBe(true);
  });

  it('leaves out units of other names', () => {
    const lines = [
      entry('groundswell-join-helper.service', 'a', 'started', 1),
      entry('ssh.service', 'b', 'started', 2),
    ];

    expect(parseKubeadmEffects(lines.join('\n'))).toEqual([]);
  });
});

describe('the ledger of hosts', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundswell-ledger-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('gets one line per effect and remembers which starts it has', async () => {
    const ledger = join(dir, 'rehearsal', 'ledger.ndjson');
    const common = { time: '2026-11-23T00:00:00.000Z', system: 'host', key: 'i-1', node: 'k8s-redis' } as const;

    await appendHostEffect(ledger, { ...common, effect: 'boot' });
    await appendHostEffect(ledger, { ...common, effect: 'kubeadm join', unit: join1, invocation: 'a' });

    expect((await readFile(ledger, 'utf8')).trim().split('\n')).toHaveLength(2);
    expect([...(await recordedIds(ledger, 'invocation'))]).toEqual(['a']);
    expect([...(await recordedIds(join(dir, 'none'), 'invocation'))]).toEqual([]);
  });
});
