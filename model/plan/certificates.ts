import type { CertificateFact, CertificateFacts, FirstExpiry, ClusterFacts, SeenCertificates } from '../facts/facts.js';
import type { StepDraft } from './plan.js';

/** Certificates are renewed from so many days before they expire. */
export const renewalDays = 30;
/** What an authority signs lives for a year: from then on it would outlive the authority. */
const authorityDays = 365;
const dayMs = 86_400_000;

/** Whether certificates are to be renewed: one expires within 30 days or has expired, or a renewal was cut off. */
export function isRenewalDue(seen: SeenCertificates | undefined): boolean {
  if (seen === undefined || 'unknown' in seen) return false;
  return seen.cutOff || expiringWithin(seen.renewable, seen.seenAt, renewalDays).length > 0;
}

/**
 * Whether certificates hide a cluster: the API does not answer, and a certificate has expired or a renewal was cut off.
 * Then they are renewed before anything else is looked at.
 */
export function isHiddenByCertificates({ kubernetes, certificates }: ClusterFacts): boolean {
  if (kubernetes !== undefined || certificates === undefined || 'unknown' in certificates) return false;
  return certificates.cutOff || expiringWithin(certificates.renewable, certificates.seenAt, 0).length > 0;
}

/** What the step that renews certificates has to do, and what of them only a person can mend. */
export function judgeCertificates(seen: SeenCertificates | undefined): Pick<StepDraft, 'op' | 'reason' | 'note'> {
  if (seen === undefined) return { op: 'none', reason: 'kubeadm init makes them' };
  if ('unknown' in seen)
    return { op: 'none', reason: 'unknown', note: `their expiry dates are unknown: ${seen.unknown}` };
  const notes = [
    ...(seen.unread.length === 0 ? [] : [`the expiry dates of these are unknown: ${seen.unread.join(', ')}`]),
    ...expiringWithin(seen.authorities, seen.seenAt, authorityDays).map(
      (authority) => `authority ${expiryText(authority, seen.seenAt)}; Groundswell cannot renew it`,
    ),
  ];
  return { ...renewal(seen), ...(notes.length === 0 ? {} : { note: notes.join('; ') }) };
}

/** What a plan approves of a renewal: by the first that expires, not by how many do today. Without one nothing: dates move by themselves. */
export function renewalBasis(seen: SeenCertificates | undefined): Pick<StepDraft, 'wanted' | 'found'> {
  if (seen === undefined || 'unknown' in seen || !isRenewalDue(seen)) return { wanted: null };
  return { wanted: 'renewed', found: seen.renewable[0] };
}

/** The first certificate to expire; `undefined` where nothing is known. */
export function firstExpiry(node: string, seen: SeenCertificates | undefined): FirstExpiry | undefined {
  if (seen === undefined || 'unknown' in seen) return undefined;
  const [first] = seen.renewable;
  return first === undefined ? undefined : { node, ...first, seenAt: seen.seenAt };
}

/** The same as a sentence for people, from 30 days before; `undefined` earlier. */
export function firstExpiryText({ node, seenAt, ...first }: FirstExpiry, nowMs: number): string | undefined {
  const now = new Date(nowMs).toISOString();
  if (expiringWithin([first], now, renewalDays).length === 0) return undefined;
  return `certificate ${expiryText(first, now)}, as ${node} said on ${dateOf(seenAt)}; a roll-out renews it: npx groundswell up`;
}

/** `admin.conf expires on 2026-12-20, 20 days from now`, `admin.conf expired on 2026-10-01, 3 days ago`. */
export function expiryText({ name, expiresAt }: CertificateFact, now: string): string {
  const leftMs = Date.parse(expiresAt) - Date.parse(now);
  const days = Math.floor(Math.abs(leftMs) / dayMs);
  const words = days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
  if (leftMs > 0) return `${name} expires on ${dateOf(expiresAt)}, ${words} from now`;
  return `${name} expired on ${dateOf(expiresAt)}, ${words} ago`;
}

function renewal(seen: CertificateFacts): Pick<StepDraft, 'op' | 'reason'> {
  const [first, ...others] = expiringWithin(seen.renewable, seen.seenAt, renewalDays);
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more within ${renewalDays} days)`;
    return { op: 'change', reason: `${expiryText(first, seen.seenAt)}${more}` };
  }
  if (seen.cutOff) return { op: 'change', reason: 'their renewal began but did not complete' };
  const [next] = seen.renewable;
  if (next === undefined) return { op: 'none', reason: 'unknown' };
  return { op: 'none', reason: `the first to expire is ${next.name} on ${dateOf(next.expiresAt)}` };
}

function expiringWithin(
  certificates: readonly CertificateFact[],
  now: string,
  days: number,
): readonly CertificateFact[] {
  const latestMs = Date.parse(now) + days * dayMs;
  return certificates.filter(({ expiresAt }) => Date.parse(expiresAt) <= latestMs);
}

function dateOf(moment: string): string {
  return moment.slice(0, 10);
}
