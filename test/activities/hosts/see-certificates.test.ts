import { describe, expect, it } from 'vitest';
import { parseCertificates, seeCertificates } from '../../../activities/hosts/see-certificates.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { Ssh } from '../../../systems/ssh/ssh.js';

const lines = [
  'now=2026-11-27T12:00:00Z',
  'renewing=no',
  'seen=0123abcd',
  'renewable apiserver.crt 2027-11-27T12:00:00Z',
  'authority ca.crt 2036-11-24T12:00:00Z',
  'renewable admin.conf 2026-12-17T12:00:00Z',
  'unread scheduler.conf',
];
const host = { node: 'k8s-master', address: '203.0.113.10', user: 'ubuntu', key: { env: 'KEY' }, hostKeys: [] };

function seenOver(run: Ssh['run']): ReturnType<typeof seeCertificates> {
  const connect = (): never => {
    throw new Error('this test has no business there');
  };
  return seeCertificates({ ssh: { run, connect, answers: connect }, host, options: {} });
}

describe('the certificates that a host lists', () => {
  it('are told apart by what can be done about them, the first to expire first', () => {
    expect(parseCertificates(lines.join('\n'))).toEqual({
      seen: '0123abcd',
      facts: {
        seenAt: '2026-11-27T12:00:00Z',
        renewable: [
          { name: 'admin.conf', expiresAt: '2026-12-17T12:00:00Z' },
          { name: 'apiserver.crt', expiresAt: '2027-11-27T12:00:00Z' },
        ],
        authorities: [{ name: 'ca.crt', expiresAt: '2036-11-24T12:00:00Z' }],
        unread: ['scheduler.conf'],
        cutOff: false,
      },
    });
  });

  it('are unread where a date is none', () => {
    const look = parseCertificates([...lines, 'renewable etcd/peer.crt soon'].join('\n'));

    expect(look).toMatchObject({ facts: { unread: ['scheduler.conf', 'etcd/peer.crt'] } });
  });

  it.each([
    ['nothing', ''],
    ['only dates', lines.slice(3).join('\n')],
  ])('are unknown when it says %s', (_, text) => {
    expect(parseCertificates(text)).toHaveProperty('unknown');
  });

  it('are unknown with the reason when the host does not know the question, or does not answer', async () => {
    const stderr = "groundswell-host: no verb 'certificates'\n";

    expect(await seenOver(() => Promise.resolve({ exitCode: 1, stdout: '', stderr }))).toMatchObject({
      unknown: expect.stringContaining("no verb 'certificates'"),
    });
    const gone = new RolloutError('HostUnreachable', 'node k8s-master: it does not answer');
    expect(await seenOver(() => Promise.reject(gone))).toEqual({ unknown: gone.message });
  });
});
