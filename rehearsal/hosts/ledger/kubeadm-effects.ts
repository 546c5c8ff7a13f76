import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { mustRun } from '../../../systems/process.js';

/** One start of a transient unit that runs kubeadm on a host, as the host's own init noted it. */
export interface KubeadmEffect {
  readonly effect: 'kubeadm init' | 'kubeadm join';
  /** Time of its start, ISO 8601. */
  readonly time: string;
  /** For example `groundswell-join-g1.service`. */
  readonly unit: string;
  /** systemd's id of this start: another start of the same unit has another one. */
  readonly invocation: string;
  /** `undefined` while it runs, or when the power was cut before it ended. */
  readonly succeeded: boolean | undefined;
}

const Entry = z.object({
  UNIT: z.string(),
  INVOCATION_ID: z.string(),
  MESSAGE_ID: z.string(),
  MESSAGE: z.string(),
  __REALTIME_TIMESTAMP: z.string(),
});

/** systemd's message ids (sd-messages.h): every entry of PID 1 about a unit's life has one of these. */
const messages = {
  starting: '7d4958e842da4a758f6c1cdc7b36dcc5',
  started: '39f53479d3a045ac8e11786248231fbf',
  startFailed: 'be02cf6855d2428ba40df7e9d022f03d',
  succeeded: '7ad2d189f7e94e70a38c781354912448',
  failed: 'd9b373ed55a64feb8242e02dbe79a49c',
} as const;

/** Reads from outside, from the journal on a host's disk, every start of kubeadm's units. Also of a host that is off. */
export async function readKubeadmEffects(rootDir: string): Promise<KubeadmEffect[]> {
  const journal = join(rootDir, 'var/log/journal');
  if (!existsSync(journal)) return [];
  const matches = Object.values(messages).map((id) => `MESSAGE_ID=${id}`);
  const options = ['--directory', journal, '--output=json', '--quiet', '--no-pager', '--all'];
  return parseKubeadmEffects(await mustRun('journalctl', [...options, '_PID=1', ...matches]));
}

/** The effects in `journalctl --output=json` lines, oldest first. */
export function parseKubeadmEffects(lines: string): KubeadmEffect[] {
  const effects = new Map<string, KubeadmEffect>();
  for (const line of lines.split('\n')) {
    const effect = /"groundswell-(init|join)-/.exec(line)?.[1];
    if (effect !== 'init' && effect !== 'join') continue;
    const entry = Entry.safeParse(JSON.parse(line));
    if (!entry.success || !/^groundswell-(init|join)-g\d+\.service$/.test(entry.data.UNIT)) continue;
    const { INVOCATION_ID: invocation, UNIT: unit } = entry.data;
    const known = effects.get(invocation);
    const time = new Date(Number(entry.data.__REALTIME_TIMESTAMP) / 1000).toISOString();
    const succeeded = outcome(entry.data) ?? known?.succeeded;
    effects.set(invocation, { effect: `kubeadm ${effect}`, time: known?.time ?? time, unit, invocation, succeeded });
  }
  return [...effects.values()];
}

function outcome(entry: z.infer<typeof Entry>): boolean | undefined {
  if (entry.MESSAGE_ID === messages.succeeded) return true;
  if (entry.MESSAGE_ID === messages.failed || entry.MESSAGE_ID === messages.startFailed) return false;
  // a one-shot unit "finishes"; others only "start" at this message
  if (entry.MESSAGE_ID === messages.started && entry.MESSAGE.startsWith('Finished ')) return true;
  return undefined;
}
