import { describe, expect, it } from 'vitest';
import { classifySshFailure } from '../../../systems/ssh/classify-failure.js';

describe('classifySshFailure', () => {
  it.each([
    ['client-authentication', 'All configured authentication methods failed', 'HostLoginRefused'],
    ['handshake', 'Host denied (verification failed)', 'HostKeyChanged'],
    ['handshake', 'Handshake failed: no matching host key format', 'HostKeyChanged'],
    ['client-timeout', 'Timed out while waiting for handshake', 'HostUnreachable'],
    ['client-socket', 'connect ECONNREFUSED 198.18.1.11:22', 'HostUnreachable'],
    ['protocol', 'Connection lost before handshake', 'HostUnreachable'],
  ])('takes level %s, %s, as %s', (level, message, expected) => {
    expect(classifySshFailure(Object.assign(new Error(message), { level }))).toBe(expected);
  });
});
