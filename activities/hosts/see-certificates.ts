import type { CertificateFact, CertificateFacts } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import { certificatesText, type HostCall } from './host-program.js';

/** Certificates as a host says them, and what it knows that state by. */
export interface CertificateLook {
  readonly facts: CertificateFacts;
  /** Digest of all of them, made on the host: it renews none that are others by then. */
  readonly seen: string;
}

/** Looks at the certificates of a control plane; why they are unknown where it does not say. Fails only when told to stop. */
export async function seeCertificates(controlPlane: HostCall): Promise<CertificateLook | { readonly unknown: string }> {
  try {
    return parseCertificates(await certificatesText(controlPlane));
  } catch (error) {
    controlPlane.options.signal?.throwIfAborted();
    if (error instanceof RolloutError) return { unknown: error.message };
    throw error;
  }
}

/** The facts alone. */
export async function certificateFacts(
  controlPlane: HostCall,
): Promise<CertificateFacts | { readonly unknown: string }> {
  const look = await seeCertificates(controlPlane);
  return 'unknown' in look ? look : look.facts;
}

/** Reads what the host program prints: some `KEY=VALUE`, then a line for each file. */
export function parseCertificates(text: string): CertificateLook | { readonly unknown: string } {
  const lines = text.split('\n');
  const value = (key: string): string => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
  const [now, seen] = [value('now'), value('seen')];
  if (Number.isNaN(Date.parse(now)) || seen === '') return { unknown: 'the answer of groundswell-host is unreadable' };
  const listed = (kind: string): readonly CertificateFact[] =>
    lines
      .map((line) => line.split(' '))
      .filter(([first]) => first === kind)
      .map(([, name = '', expiresAt = '']) => ({ name, expiresAt }));
  const dated = (kind: string) => listed(kind).filter(isDated).toSorted(byExpiry);
  const undated = ['renewable', 'authority'].flatMap((kind) => listed(kind).filter((each) => !isDated(each)));
  return {
    seen,
    facts: {
      seenAt: now,
      renewable: dated('renewable'),
      authorities: dated('authority'),
      unread: [...listed('unread'), ...undated].map(({ name }) => name),
      cutOff: value('renewing') === 'yes',
    },
  };
}

function isDated({ expiresAt }: CertificateFact): boolean {
  return !Number.isNaN(Date.parse(expiresAt));
}

function byExpiry(a: CertificateFact, b: CertificateFact): number {
  return Date.parse(a.expiresAt) - Date.parse(b.expiresAt);
}
