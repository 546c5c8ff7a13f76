import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ApiEffect } from './api-effects.js';

/** One line of the ledger that hosts write. */
export interface HostEffect {
  /** ISO 8601. */
  readonly time: string;
  readonly system: 'host';
  /** The effect, in the host's own verb. */
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

/** One line that comes from the audit log of a host's API server. */
export interface KubernetesEffect extends ApiEffect {
  readonly system: 'kubernetes';
}

/** The key that separates two effects of the same kind: systemd's id of a start, the API server's id of a request. */
type OriginId = 'invocation' | 'audit';

const Line = z.object({ invocation: z.string().optional(), audit: z.string().optional() });

/** Appends one effect as one line, in a single write. */
export async function appendHostEffect(ledger: string, effect: HostEffect | KubernetesEffect): Promise<void> {
  await mkdir(dirname(ledger), { recursive: true });
  await appendFile(ledger, `${JSON.stringify(effect)}\n`);
}

/** Ids of this sort that the ledger already has. */
export async function recordedIds(ledger: string, sort: OriginId): Promise<Set<string>> {
  const text = await readFile(ledger, 'utf8').catch(() => '');
  const ids = new Set<string>();
  for (const line of text.split('\n')) {
    if (!line.includes(`"${sort}"`)) continue;
    const id = Line.parse(JSON.parse(line))[sort];
    if (id !== undefined) ids.add(id);
  }
  return ids;
}
