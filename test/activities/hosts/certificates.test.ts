import { describe, expect, it } from 'vitest';
import { createCertificateActivities } from '../../../activities/hosts/certificates.js';
import { failureOf } from '../../failure-of.js';
import { anInstance, aPlan, aSpec, sha256 } from '../../builders.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import type { CommandOutcome } from '../../../systems/ssh/ssh.js';
import { runActivity } from '../cluster-dependencies.js';

const now = '2026-11-27T12:00:00Z';
const spec = aSpec();
const node = { name: 'k8s-master', role: 'control-plane', generation: 1, op: 'create', data: [] } as const;

/** A control plane by the protocol of `groundswell-host`; a test changes it at will. */
interface ControlPlane {
  /** File → when it expires. */
  readonly certificates: Map<string, string>;
  renewing: boolean;
  /** What a renewal does. By default all get a year. */
  renew: () => Partial<CommandOutcome>;
  /** Arguments of the renewals that were asked for. */
  readonly asked: string[];
}

function aControlPlane(dates: Readonly<Record<string, string>>): ControlPlane {
  const host: ControlPlane = {
    certificates: new Map(Object.entries(dates)),
    renewing: false,
    renew: () => {
      for (const name of host.certificates.keys()) host.certificates.set(name, '2027-11-27T12:00:00Z');
      host.renewing = false;
      return {};
    },
    asked: [],
  };
  return host;
}

function seenOf({ certificates, renewing }: ControlPlane): string {
  return sha256(JSON.stringify([renewing, ...certificates]));
}

function answer(host: ControlPlane, command: string): CommandOutcome {
  const [verb, ...args] = command.split('groundswell-host ')[1]?.split(' ') ?? [];
  const said = { exitCode: 0, stdout: '', stderr: '' };
  if (verb === 'certificates') {
    const head = [`now=${now}`, `renewing=${host.renewing ? 'yes' : 'no'}`, `seen=${seenOf(host)}`];
    const files = [...host.certificates].map(([name, expiresAt]) => `renewable ${name} ${expiresAt}`);
    return { ...said, stdout: [...head, ...files].join('\n') };
  }
  host.asked.push(args.join(' '));
  return args[0] === seenOf(host) ? { ...said, ...host.renew() } : said;
}

function renewOn(host: ControlPlane): Promise<{ readonly changed: boolean }> {
  const body = JSON.stringify({ plan: aPlan({ spec }), spec, units: [] });
  const none = (): never => {
    throw new Error('this test has no business there');
  };
  const activities = createCertificateActivities({
    artifacts: { get: () => Promise.resolve(body), put: none },
    identity: createHostIdentity('a secret of the test'),
    ssh: {
      answers: () => Promise.resolve(true),
      connect: none,
      run: (_, command) => Promise.resolve(answer(host, command)),
    },
    ec2Compute: {
      account: none,
      resolveImage: none,
      describeInstances: () => Promise.resolve([anInstance({ node: node.name })]),
      runInstance: none,
      describeKeyPair: none,
      importKeyPair: none,
      terminateInstance: none,
    },
  });
  const plan = { cluster: spec.cluster, digest: 'd', artifact: `sha256:${sha256(body)}` };
  return runActivity((input) => activities.renewCertificates(input), { plan, node });
}

describe('renewCertificates', () => {
  it('leaves certificates alone that live for more than 30 days', async () => {
    const host = aControlPlane({ 'admin.conf': '2026-12-28T12:00:00Z' });

    expect(await renewOn(host)).toEqual({ changed: false });
    expect(host.asked).toEqual([]);
  });

  it('renews them once when one is about to expire, and names the state that it has seen', async () => {
    const host = aControlPlane({ 'admin.conf': '2026-12-20T12:00:00Z', 'ca-client.crt': '2027-10-01T00:00:00Z' });
    const seen = seenOf(host);

    expect(await renewOn(host)).toEqual({ changed: true });
    expect(await renewOn(host)).toEqual({ changed: false });
    expect(host.asked).toEqual([seen]);
  });

  it('renews the one of the kubelet too only when that did not rotate by itself', async () => {
    const host = aControlPlane({ 'admin.conf': '2026-12-20T12:00:00Z', 'kubelet-client-current.pem': now });

    await renewOn(host);

    expect(host.asked).toEqual([expect.stringMatching(/ kubelet$/)]);
  });

  it('does a renewal again that was cut off, though all dates are good', async () => {
    const host = aControlPlane({ 'admin.conf': '2027-11-27T12:00:00Z' });
    host.renewing = true;

    expect(await renewOn(host)).toEqual({ changed: true });
    expect(host.renewing).toBe(false);
  });

  it('fails with what the host says', async () => {
    const host = aControlPlane({ 'admin.conf': '2026-12-20T12:00:00Z' });
    host.renew = () => ({
      exitCode: 1,
      stderr: 'open ca.key: no such file\ngroundswell-host: kubeadm certs renew all: exit code 1\nunit: exit-code\n',
    });

    const failure = await failureOf(renewOn(host));

    expect(failure).toMatchObject({ type: 'CertificatesNotRenewed' });
    expect(failure.message).toBe('node k8s-master: certificates: exit code 1: kubeadm certs renew all: exit code 1');
  });

  it('is not content with a success after which the dates are the same', async () => {
    const host = aControlPlane({ 'admin.conf': '2026-12-20T12:00:00Z' });
    host.renew = () => ({});

    await expect(renewOn(host)).rejects.toThrow('expected later dates, found the same dates for admin.conf');
  });
});
