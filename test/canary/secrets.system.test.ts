import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSshKeyPair } from '../../systems/ssh/openssh-private-key.js';
import { ansibleMissing, ansiblePlaybook, contentFolder } from '../systems/ansible/ansible-content.js';
import { sshdMissing, startSshd, type LoopbackSshd } from '../systems/ssh/loopback-sshd.js';
import { carelessPlaybooks } from './careless-playbooks.js';
import type { Finding } from './find-canaries.js';
import { plantedSecrets, type Planted } from './planted-secrets.js';
import { rollOutAndLook } from './roll-out-and-look.js';

const missing = (await sshdMissing()) ?? ansibleMissing();

function places(findings: readonly Finding[], canary: string): readonly string[] {
  return [...new Set(findings.filter((found) => found.canary === canary).map(({ place }) => place))].toSorted();
}

const everyPlace = [
  'CLI',
  'artifact',
  'command line',
  'environment',
  'heartbeat',
  'history',
  'ledger',
  'list',
  'record',
];

describe('secrets', () => {
  it('are in no history, record, artifact, log, command line, environment or output of a roll-out', async () => {
    const planted = plantedSecrets(openSshKeyPair(randomBytes(32), 'canary').privateKey);

    const { traces, findings } = await rollOutAndLook({ planted });

    expect(findings).toEqual([]);
    expect(new Set(traces.map(({ place }) => place))).toEqual(new Set([...everyPlace, 'worker log']));
    const logs = traces.filter(({ place, text }) => place === 'artifact' && text.includes('node_join_token: ***'));
    expect(logs.length).toBeGreaterThan(2);
    const plans = traces.filter(({ place, text }) => place === 'artifact' && text.includes('withheld:'));
    expect(plans.length).toBeGreaterThan(0);
  });

  it('that a careless system lets out are found in each of these places', async () => {
    const planted = plantedSecrets(openSshKeyPair(randomBytes(32), 'canary').privateKey);

    const { findings } = await rollOutAndLook({ planted, leaks: true });

    expect(places(findings, 'join token')).toEqual([
      'CLI',
      'artifact',
      'command line',
      'environment',
      'heartbeat',
      'history',
      'run folder',
      'status',
      'worker log',
    ]);
    expect(places(findings, 'awsSecretKey')).toEqual(expect.arrayContaining(['history', 'ledger', 'list', 'record']));
    const leaked = ['join token', 'awsSecretKey'];
    expect(findings.filter(({ canary }) => !leaked.includes(canary))).toEqual([]);
  });

  describe.skipIf(missing !== undefined)(
    `with a real ansible-playbook and sshd (${missing ?? 'both are here'})`,
    () => {
      let sshd: LoopbackSshd;
      let content: string;
      let hostFolder: string;
      let planted: Planted;

      beforeAll(async () => {
        sshd = await startSshd();
        hostFolder = await mkdtemp(join(tmpdir(), 'groundswell-canary-host-'));
        planted = plantedSecrets(await readFile(join(sshd.folder, 'client_key'), 'utf8'));
        content = await contentFolder(carelessPlaybooks(hostFolder, planted));
      });
      afterAll(async () => {
        await sshd.close();
        await rm(content, { recursive: true });
        await rm(hostFolder, { recursive: true });
      });

      it('that playbooks and kubeadm print when they fail are masked everywhere', async () => {
        const ansible = { program: ansiblePlaybook ?? '', content, host: sshd.target };

        const { traces, findings } = await rollOutAndLook({ planted, ansible });

        expect(findings).toEqual([]);
        const seen = (place: string, text: RegExp): boolean =>
          traces.some((trace) => trace.place === place && text.test(trace.text));
        expect(seen('command line', /ansible-playbook --inventory .*join\.yml/)).toBe(true);
        expect(seen('command line', /^ssh .*groundswell-ssh-/)).toBe(true);
        expect(seen('artifact', /kubeadm said: Using token: \*\*\*/)).toBe(true);
        expect(seen('artifact', /client-key-data: \*\*\*/)).toBe(true);
        expect(seen('artifact', /the token is \*\*\*/)).toBe(true);
        expect(seen('history', /QW5zaWJsZVRhc2tGYWlsZWQ|AnsibleTaskFailed/)).toBe(true);
      });
    },
  );
});
