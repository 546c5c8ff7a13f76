import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** One line of the ledger that hosts write. */
export interface HostEffect {
  /** ISO 8601. */
  readonly time: string;
  readonly system: 'host';
  /** What happened, in the host's own verb. */
  readonly effect:
    | ('boot' | 'kill' | 'power-off' | 'power-on' | 'reboot' | 'destroy')
    | ('cut' | 'hang' | 'full-disk' | 'slow' | 'heal')
    | ('kubeadm init' | 'kubeadm join');
  /** The EC2 instance id. */
  readonly key: string;
  readonly node: string;
  /** Of kubeadm's effects: the systemd unit that ran it, and which start of it this was (systemd's invocation id). */
  readonly unit?: string;
  readonly invocation?: string;
}

const Line = z.object({ invocation: z.string().optional() });

/** Appends one effect as one line, in a single write. */
export async function appendHostEffect(ledger: string, effect: HostEffect): Promise<void> {
  await mkdir(dirname(ledger), { recursive: true });
  await appendFile(ledger, `${JSON.stringify(effect)}\n`);
}

/** Invocation ids that the ledger already has. */
export async function recordedInvocations(ledger: string): Promise<Set<string>> {
  const text = await readFile(ledger, 'utf8').catch(() => '');
  const invocations = new Set<string>();
  for (const line of text.split('\n')) {
    if (!line.includes('"invocation"')) continue;
    const { invocation } = Line.parse(JSON.parse(line));
    if (invocation !== undefined) invocations.add(invocation);
  }
  return invocations;
}
