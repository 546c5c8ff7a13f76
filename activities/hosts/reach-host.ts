import { setTimeout as pause } from 'node:timers/promises';
import { shortLine } from '../../model/show/one-line.js';
import type { FailureType } from '../../model/failures.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ssh, SshTarget } from '../../systems/ssh/ssh.js';
import { waitUntil, type Look, type Pace } from '../../systems/wait-until.js';

/** Characters of what a host says that an error carries. */
const longestOutput = 300;

/** How often a booting host is tried, and how long it may take to let us in. */
export interface BootPace extends Pace {
  /** How long a host that answers may refuse our key: cloud-init writes it after sshd is up. */
  readonly loginDeadlineMs: number;
}

/** Refused and lost connections are normal for as long as a cloud instance takes to boot. */
export const bootPace: BootPace = { everyMs: 1_500, deadlineMs: 5 * 60_000, loginDeadlineMs: 90_000 };

interface Reach {
  readonly ssh: Ssh;
  readonly host: SshTarget;
  readonly pace: BootPace;
  readonly options: CallOptions;
}

/**
 * Tries until the host lets us in, and returns the host key that it showed. Fails with `HostUnreachable` or
 * `HostLoginRefused` after the deadline, with `HostKeyChanged` at once.
 */
export async function reachHost({ ssh, host, pace, options }: Reach): Promise<string> {
  const startedMs = performance.now();
  let answeredMs: number | undefined;
  for (;;) {
    try {
      return (await ssh.connect(host, options)).hostKey;
    } catch (error) {
      if (!(error instanceof RolloutError) || !waitedFor.includes(error.type)) throw error;
      const nowMs = performance.now();
      if (error.type === 'HostLoginRefused') answeredMs ??= nowMs;
      const late =
        answeredMs === undefined ? nowMs - startedMs > pace.deadlineMs : nowMs - answeredMs > pace.loginDeadlineMs;
      if (late) throw error;
      options.onProgress?.(error.message);
    }
    await pause(pace.everyMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

const waitedFor: readonly FailureType[] = ['HostUnreachable', 'HostLoginRefused'];

/** Waits for cloud-init where there is one. Fails with `HostNotReady` when it failed; what it recovered from is told only. */
export async function waitForCloudInit({ ssh, host, options }: Omit<Reach, 'pace'>): Promise<void> {
  const command =
    'if command -v cloud-init > /dev/null; then sudo -n cloud-init status --wait --format json; else echo "{}"; fi';
  const outcome = await ssh.run(host, command, { ...options, timeoutMs: 10 * 60_000 });
  if (outcome.exitCode === 0) return;
  const said = outcome.stdout.trim() === '' ? outcome.stderr : outcome.stdout;
  if (outcome.exitCode === 2) {
    // "done, with errors that were recovered from", since cloud-init 23.4
    options.onProgress?.(`node ${host.node}: cloud-init recovered from errors: ${shortLine(said, longestOutput)}`);
    return;
  }
  throw new RolloutError('HostNotReady', `node ${host.node}: cloud-init failed with exit code ${outcome.exitCode}`, {
    details: said.slice(-4000),
  });
}

/**
 * Gives the host another host key and sees that it shows it. The key travels over the connection that the first key made
 * safe. Fails with `HostNotReady` when the host does not take it.
 */
export async function replaceHostKey(
  { ssh, host, pace, options }: Reach,
  key: { readonly publicKey: string; readonly privateKey: string },
): Promise<void> {
  const path = '/etc/ssh/ssh_host_ed25519_key';
  const script = [
    'set -e; umask 077',
    `cat > ${path}.next; ssh-keygen -y -f ${path}.next > ${path}.next.pub; chmod 0644 ${path}.next.pub`,
    // first the public half: a host with a new key and an old .pub would be the worse half-way state for its readers
    `mv -f ${path}.next.pub ${path}.pub; mv -f ${path}.next ${path}`,
    'systemctl reload ssh 2> /dev/null || systemctl reload sshd',
  ].join('; ');
  const outcome = await ssh.run(host, `sudo -n sh -c '${script}'`, {
    ...options,
    input: key.privateKey,
    timeoutMs: 60_000,
  });
  if (outcome.exitCode !== 0) {
    throw new RolloutError(
      'HostNotReady',
      `node ${host.node}: cannot replace the host key: ${shortLine(outcome.stderr, longestOutput)}`,
    );
  }
  const rotated = { ...host, hostKeys: [...host.hostKeys, key.publicKey] };
  // a reload takes a moment; until then the old key is shown
  const look = async (): Promise<Look<true>> =>
    (await reachHost({ ssh, host: rotated, pace, options })) === key.publicKey
      ? { done: true }
      : { waitsFor: 'sshd to show its new host key' };
  if ('done' in (await waitUntil(look, { everyMs: 500, deadlineMs: 10_000 }, options))) return;
  throw new RolloutError('HostNotReady', `node ${host.node}: sshd still shows its first host key after the reload`);
}
