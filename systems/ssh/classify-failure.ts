import type { FailureType } from '../../model/failures.js';

/** The telling fields of an error of ssh2 or of a socket. */
interface SshFailure {
  readonly message: string;
  readonly level: string;
}

/**
 * Names the failure of a rejected SSH connection. The levels are those of ssh2: `client-authentication` when the host
 * refuses us, `handshake` when we refuse the host's key; everything else (refused, reset, timed out, no route) is an
 * unreachable host.
 */
export function classifySshFailure(error: unknown): FailureType {
  const failure = sshFailure(error);
  if (failure.level === 'client-authentication') return 'HostLoginRefused';
  if (failure.level === 'handshake' && failure.message.includes('verification failed')) return 'HostKeyChanged';
  // the host offers no Ed25519 key at all, so it is not the host that got one from us
  if (failure.level === 'handshake' && failure.message.includes('no matching host key format')) return 'HostKeyChanged';
  return 'HostUnreachable';
}

/** The first line of an error's message. */
export function sshFailureText(error: unknown): string {
  return sshFailure(error).message.split('\n')[0] ?? '';
}

function sshFailure(error: unknown): SshFailure {
  if (!(error instanceof Error)) return { message: String(error), level: '' };
  const level = 'level' in error && typeof error.level === 'string' ? error.level : '';
  return { message: error.message === '' ? error.name : error.message, level };
}
