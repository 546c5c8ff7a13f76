import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Ansible, PlaybookRun } from '../../../systems/ansible/ansible.js';
import { createAnsiblePlaybook } from '../../../systems/ansible/ansible-playbook.js';
import { playbookDeadlines } from '../../../systems/ansible/playbook-deadline.js';
import { createFolderArtifacts } from '../../../systems/artifacts/folder-artifacts.js';
import { startDetached } from '../../../systems/process.js';
import { readSecret } from '../../../systems/read-secret.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { failureOf } from '../../failure-of.js';
import { type LoopbackSshd, sshdMissing, startSshd } from '../ssh/loopback-sshd.js';
import { ansibleMissing, ansiblePlaybook, contentFolder, processesWith } from './ansible-content.js';

const missing = (await sshdMissing()) ?? ansibleMissing();
const title = `createAnsiblePlaybook with a real ansible-playbook${missing === undefined ? '' : ` (skipped: ${missing})`}`;

const tasks = {
  prepare: [
    '- name: Wait long',
    '  ansible.builtin.command: {argv: [sleep, "{{ seconds | default(71.25) }}"]}',
    '  changed_when: true',
    '',
  ].join('\n'),
  init: [
    '- name: Change something',
    '  ansible.builtin.command: {argv: [echo, "{{ word }} {{ token }}"]}',
    '  changed_when: true',
    '- name: Change nothing',
    '  ansible.builtin.debug: {msg: "{{ word }} {{ token }}"}',
    '',
  ].join('\n'),
  cni: [
    '- name: Fail with words',
    '  ansible.builtin.command: {argv: [sh, -c, "echo the token is {{ token }} >&2; exit 3"]}',
    '  changed_when: false',
    '',
  ].join('\n'),
  join: '- name: No such module\n  nobody.nothing.module: {}\n',
};

/** Five tasks that each say something, and take as long as they are told. */
const slowly = Array.from(
  { length: 5 },
  (_, index) =>
    `- name: Go on ${index}\n  ansible.builtin.command: {argv: [sleep, "{{ seconds }}"]}\n  changed_when: true\n`,
).join('');

describe.skipIf(missing !== undefined)(title, { timeout: 120_000 }, () => {
  let sshd: LoopbackSshd;
  let content: string;
  let runs: string;
  let ansible: Ansible;
  const artifacts = createFolderArtifacts(join(tmpdir(), `groundswell-artifacts-${process.pid}`));
  const run = (fields: Partial<PlaybookRun> & Pick<PlaybookRun, 'playbook'>): PlaybookRun => ({
    host: sshd.target,
    variables: { word: 'hello' },
    secretVariables: { token: 'correct-horse-battery' },
    ...fields,
  });

  beforeAll(async () => {
    sshd = await startSshd();
    content = await contentFolder(tasks);
    runs = await mkdtemp(join(tmpdir(), 'groundswell-runs-'));
    ansible = createAnsiblePlaybook({
      program: ansiblePlaybook ?? '',
      contentFolder: content,
      runsFolder: runs,
      artifacts,
      readSecret,
      path: process.env['PATH'] ?? '',
    });
  });
  afterAll(async () => {
    await sshd.close();
    await rm(content, { recursive: true });
    await rm(runs, { recursive: true });
    await rm(join(tmpdir(), `groundswell-artifacts-${process.pid}`), { recursive: true, force: true });
  });

  it('counts what changed, tells the tasks as they begin, and masks secrets in the log', async () => {
    const lines: string[] = [];

    const outcome = await ansible.runPlaybook(run({ playbook: 'init' }), { onProgress: (line) => lines.push(line) });

    expect(outcome).toMatchObject({ changedTasks: 1, okTasks: 2 });
    expect(lines).toEqual(['Change something', 'Change nothing']);
    const log = await artifacts.get(outcome.log ?? '');
    expect(log).toMatch(/^\d\d:\d\d:\d\d playbook init on loopback \(127\.0\.0\.1\) by worker \d+ of /);
    expect(log).toMatch(/^\d\d:\d\d:\d\d TASK \[Change something\]/m);
    expect(log).toContain('hello ***');
    expect(log).toMatch(/ done \(1 tasks changed, 2 ok\)\n$/);
    expect(log).not.toContain('correct-horse');
    expect(await readdir(runs)).toEqual([]);
  });

  it('takes no setting from the environment of the worker', async () => {
    vi.stubEnv('ANSIBLE_STDOUT_CALLBACK', 'nobody.nothing.callback');
    vi.stubEnv('ANSIBLE_HOST_KEY_CHECKING', 'False');

    const other = createHostIdentity('other').firstKey({ cluster: 'a', node: 'b', generation: 1 });
    const failure = await failureOf(
      ansible.runPlaybook(run({ playbook: 'init', host: { ...sshd.target, hostKeys: [other.publicKey] } })),
    );

    vi.unstubAllEnvs();
    expect(failure.type).toBe('HostKeyChanged');
  });

  it('names the task that failed and what it said, secrets masked', async () => {
    const failure = await failureOf(ansible.runPlaybook(run({ playbook: 'cni' })));

    expect(failure.type).toBe('AnsibleTaskFailed');
    expect(failure.message).toBe('node loopback: playbook cni: Fail with words: the token is ***');
    expect(`${failure.message}${failure.details ?? ''}`).not.toContain('correct-horse');
  });

  it('names the log of a run that failed, with what the task said, secrets masked', async () => {
    const failure = await failureOf(ansible.runPlaybook(run({ playbook: 'cni', logName: 'failed-1-1' })));

    const log = await artifacts.get(failure.log ?? '');
    expect(log).toContain('the token is ***');
    expect(log).not.toContain('correct-horse');
    expect(log).toMatch(/ failed: AnsibleTaskFailed: node loopback: playbook cni: Fail with words.*\n$/);
    expect(await artifacts.growing.read('failed-1-1')).toBeUndefined();
  });

  it('masks tokens that a task prints and nobody named, in the failure too', async () => {
    const failure = await failureOf(
      ansible.runPlaybook(run({ playbook: 'cni', secretVariables: { token: 'abcdef.0123456789abcdef' } })),
    );
    const unnamed = await failureOf(
      ansible.runPlaybook(
        run({ playbook: 'cni', variables: { token: 'abcdef.0123456789abcdef' }, secretVariables: {} }),
      ),
    );

    expect(unnamed.message).toBe(failure.message);
    expect(unnamed.message).toContain('the token is ***');
    expect(await artifacts.get(unnamed.log ?? '')).not.toContain('0123456789abcdef');
  });

  it('succeeds although the artifact store refuses its log', async () => {
    const refusing = createAnsiblePlaybook({
      program: ansiblePlaybook ?? '',
      contentFolder: content,
      runsFolder: runs,
      artifacts: createFolderArtifacts(join(content, 'keeper.py', 'no-folder')),
      readSecret,
      path: process.env['PATH'] ?? '',
    });

    const outcome = await refusing.runPlaybook(run({ playbook: 'init', logName: 'refused-1-1' }));

    expect(outcome).toEqual({ changedTasks: 1, okTasks: 2 });
  });

  it('tells a playbook that is wrong from a host that cannot be reached', async () => {
    const wrong = await failureOf(ansible.runPlaybook(run({ playbook: 'join' })));
    const gone = await failureOf(ansible.runPlaybook(run({ playbook: 'init', host: { ...sshd.target, port: 1 } })));

    expect(wrong.type).toBe('AnsibleRefused');
    expect(gone.type).toBe('HostUnreachable');
  });

  describe('with a deadline', () => {
    let quietMs: number;
    const withDeadline = (contentFolder: string): Ansible =>
      createAnsiblePlaybook({
        ...{ program: ansiblePlaybook ?? '', contentFolder, runsFolder: runs, artifacts, readSecret },
        path: process.env['PATH'] ?? '',
        deadlines: { ...playbookDeadlines, prepare: { quietMs, wholeMs: 600_000 }, cni: { quietMs, wholeMs: 600_000 } },
      });

    beforeAll(async () => {
      const startedMs = performance.now();
      await ansible.runPlaybook(run({ playbook: 'init' }));
      // what this machine takes for a run of two tasks is no silence of a task
      quietMs = 3_000 + 2 * (performance.now() - startedMs);
    });

    it('a task that hangs over a live connection fails by its name, and leaves no process', async () => {
      const hanging = withDeadline(content);

      const failure = await failureOf(
        // what runs on the host itself goes on after the connection: not as what another test looks for
        hanging.runPlaybook(run({ playbook: 'prepare', variables: { seconds: '73.5' }, logName: 'hung-1-1' })),
      );

      expect(failure.type).toBe('AnsibleHung');
      expect(failure.message).toMatch(
        /^node loopback: playbook prepare: Wait long: 127\.0\.0\.1: expected a sign of progress within \d+ s, found none since \d{4}-\d\d-\d\dT[\d:]+Z; the worker ended the run$/,
      );
      expect(await artifacts.get(failure.log ?? '')).toMatch(/TASK \[Wait long\][^]* failed: AnsibleHung: .*\n$/);
      expect(await processesWith(runs)).toEqual([]);
      expect(await readdir(runs)).toEqual([]);
      expect(await hanging.runPlaybook(run({ playbook: 'init' }))).toMatchObject({ changedTasks: 1 });
    });

    it('a run that is slow, but goes on, is not ended', async () => {
      const slow = await contentFolder({ cni: slowly });
      const startedMs = performance.now();

      const outcome = await withDeadline(slow).runPlaybook(
        run({ playbook: 'cni', variables: { seconds: String(quietMs / 3_000) } }),
      );

      expect(outcome).toMatchObject({ changedTasks: 5 });
      expect(performance.now() - startedMs).toBeGreaterThan(quietMs);
      await rm(slow, { recursive: true });
    });
  });

  it('ends everything it started when it is aborted', async () => {
    const controller = new AbortController();
    const running = ansible.runPlaybook(run({ playbook: 'prepare', logName: 'aborted-1-1' }), {
      signal: controller.signal,
    });
    const ended = expect(running).rejects.toThrow('told to end');
    const logged = () => artifacts.growing.read('aborted-1-1');
    await vi.waitUntil(async () => (await logged())?.includes('TASK [Wait long]'), { timeout: 60_000 });
    controller.abort(new Error('told to end'));

    await ended;
    const log = await logged();
    expect(log).toMatch(/TASK \[Wait long\][^]* cut off: the worker cancelled the run\n$/);
    expect(await processesWith(runs)).toEqual([]);
    expect(await readdir(runs)).toEqual([]);
  });

  it('ends everything it started when the worker is killed by SIGKILL, and removes the files of the run', async () => {
    const worker = startDetached(
      process.execPath,
      [
        ...['--import', 'tsx', resolve(import.meta.dirname, 'run-playbook-once.ts')],
        ...[ansiblePlaybook ?? '', content, runs, JSON.stringify(sshd.target)],
      ],
      { logFile: join(sshd.folder, 'worker.log') },
    );
    await vi.waitFor(async () => {
      expect(await processesWith('sleep 71.25')).not.toEqual([]);
    }, waiting);
    const controlFolder = /--remove (\S*groundswell-ssh-\S+)/.exec((await processesWith(runs)).join(' '))?.[1] ?? '';
    expect(existsSync(controlFolder)).toBe(true);

    process.kill(worker, 'SIGKILL');

    await vi.waitFor(async () => {
      expect(await processesWith(runs)).toEqual([]);
    }, waiting);
    expect(await processesWith(controlFolder)).toEqual([]);
    expect(existsSync(controlFolder)).toBe(false);
    expect((await readdir(runs)).filter((name) => name.startsWith('run-'))).toEqual([]);
    // what the worker had streamed until then is found under the name of the attempt
    const log = await createFolderArtifacts(join(runs, 'artifacts')).growing.read('killed-1-1');
    expect(log).toMatch(/playbook prepare on loopback[^]*TASK \[Wait long\]/);
  });
});

const waiting = { timeout: 60_000, interval: 200 };
