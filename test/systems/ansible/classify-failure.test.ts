import { describe, expect, it } from 'vitest';
import { classifyPlaybookEnd, type PlaybookEnd } from '../../../systems/ansible/classify-failure.js';
import type { PlaybookEvent } from '../../../systems/ansible/events.js';

const at = { host: 'k8s-redis', task: 'node_join : Run kubeadm join', action: 'ansible.builtin.command' };
const counts = { ok: 3, changed: 1, failures: 0, unreachable: 0 };
const good: PlaybookEvent = { event: 'stats', hosts: { 'k8s-redis': counts } };

function end(events: readonly PlaybookEvent[], fields: Partial<PlaybookEnd> = {}): PlaybookEnd {
  return { playbook: 'join', node: 'k8s-redis', address: '198.18.1.13', events, exitCode: 0, output: '', ...fields };
}

function failed(message: string, fields: { readonly stderr?: string; readonly action?: string } = {}): PlaybookEvent {
  return { event: 'failed', ...at, message, ignored: false, ...fields };
}

describe('classifyPlaybookEnd', () => {
  it('finds no failure when the expected host, and no other, ran to its end', () => {
    expect(classifyPlaybookEnd(end([good]))).toBeUndefined();
  });

  it('refuses a green run on no host, or on another one', () => {
    const none = classifyPlaybookEnd(end([{ event: 'no_hosts' }, { event: 'stats', hosts: {} }]));
    const other = classifyPlaybookEnd(end([{ event: 'stats', hosts: { 'k8s-api-my': counts } }]));

    expect(none?.type).toBe('AnsibleRefused');
    expect(none?.message).toBe('node k8s-redis: playbook join: expected the play to run on k8s-redis, found none');
    expect(other?.message).toContain('found k8s-api-my');
  });

  it.each([
    ['Failed to connect to the host via ssh: Connection refused', 'HostUnreachable'],
    ['Data could not be sent to remote host "198.18.1.13"', 'HostUnreachable'],
    ['ubuntu@198.18.1.13: Permission denied (publickey).', 'HostLoginRefused'],
    ['@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@', 'HostKeyChanged'],
  ])('takes an unreachable host that says %s as %s', (message, expected) => {
    expect(classifyPlaybookEnd(end([{ event: 'unreachable', ...at, message }, good], { exitCode: 4 }))?.type).toBe(
      expected,
    );
  });

  it('names the address of a host that does not answer', () => {
    const message = 'Task failed: Failed to connect to the host via ssh: Connection timed out during banner exchange\r\n';
    const failure = classifyPlaybookEnd(end([{ event: 'unreachable', ...at, message }, good], { exitCode: 4 }));

    expect(failure?.message).toBe(
      'node k8s-redis: playbook join: node_join : Run kubeadm join: 198.18.1.13: ' +
        'Failed to connect to the host via ssh: Connection timed out during banner exchange',
    );
  });

  it('says why the output of a task with a secret is not there', () => {
    const message = "the output has been hidden due to the fact that 'no_log: true' was specified for this result";

    for (const event of [failed(message), { event: 'unreachable', ...at, message } as const]) {
      const failure = classifyPlaybookEnd(end([event, good]));

      expect(failure?.message).toContain('the task hides its output, because a secret may be in it');
      expect(failure?.known).toBe('output hidden');
    }
  });

  it('does not call a host unreachable on which only Ansible’s own folder had no place', () => {
    const message =
      'Failed to create temporary directory. mkdir: cannot create directory ‘/home/a/.ansible’: No space left on device';
    const failure = classifyPlaybookEnd(end([{ event: 'unreachable', ...at, message }, good], { exitCode: 4 }));

    expect(failure?.type).toBe('AnsibleTaskFailed');
    expect(failure?.message).toContain('the disk is full: ');
    expect(failure?.known).toBe('disk full');
  });

  it.each([
    ['a late sudo', failed('Timeout (62s) waiting for privilege escalation prompt: '), 'HostUnreachable'],
    ['a wrong variable', failed("'kube_packages_version' is undefined"), 'AnsibleRefused'],
    [
      'arguments that are not as specified',
      failed('Validation of arguments failed', { action: 'ansible.builtin.validate_argument_spec' }),
      'AnsibleRefused',
    ],
    [
      'a version that the mirror lacks',
      failed('no available installation candidate for kubelet=1.36.9-*'),
      'AnsibleRefused',
    ],
    ['a full disk', failed('[Errno 28] No space left on device'), 'AnsibleTaskFailed'],
  ])('takes %s as %s', (_, event, expected) => {
    expect(classifyPlaybookEnd(end([event, good], { exitCode: 2 }))?.type).toBe(expected);
  });

  it('quotes the [ERROR] lines of kubeadm, not its last line', () => {
    const stderr = [
      '[preflight] Running pre-flight checks',
      'error execution phase preflight: [preflight] Some fatal errors occurred:',
      '\t[ERROR Port-10250]: Port 10250 is in use',
      '[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`',
      'groundswell-join-g1: exit-code, exit code 1',
    ].join('\n');

    const failure = classifyPlaybookEnd(end([failed('non-zero return code', { stderr }), good], { exitCode: 2 }));

    expect(failure?.type).toBe('KubeadmFailed');
    expect(failure?.message).toContain('[ERROR Port-10250]: Port 10250 is in use');
    expect(failure?.details).toContain('Running pre-flight checks');
  });

  it.each([
    ['Python', 'MODULE FAILURE: see stdout/stderr', "  File x\nOSError: [Errno 28] No space left on device: '/tmp/a'"],
    ['kubeadm', 'non-zero return code', 'error execution phase kubelet-start: write /var/lib/a: no space left on device'],
    ['apt', "E: You don't have enough free space in /var/cache/apt/archives/.", 'W: something else'],
  ])('says first that the disk is full, whatever %s made of it', (_, message, stderr) => {
    const failure = classifyPlaybookEnd(end([failed(message, { stderr }), good], { exitCode: 2 }));

    expect(failure?.message).toMatch(/^node k8s-redis: playbook join: node_join : Run kubeadm join: the disk is full: .*space/i);
    expect(failure?.known).toBe('disk full');
  });

  it('goes on to the second line where the first only announces it', () => {
    const message = 'Validation of arguments failed:\nmissing required arguments: kube_packages_version';

    expect(classifyPlaybookEnd(end([failed(message), good], { exitCode: 2 }))?.message).toBe(
      'node k8s-redis: playbook join: node_join : Run kubeadm join: Validation of arguments failed: missing required arguments: kube_packages_version',
    );
  });

  it('lets an ignored failure pass', () => {
    expect(classifyPlaybookEnd(end([{ event: 'failed', ...at, message: 'x', ignored: true }, good]))).toBeUndefined();
  });

  it('takes exit code 4 without events as a playbook that cannot be read', () => {
    const output = '[ERROR]: the playbook: nowhere.yml could not be found';

    const failure = classifyPlaybookEnd(end([], { exitCode: 4, output }));

    expect(failure?.type).toBe('AnsibleRefused');
    expect(failure?.message).toContain('could not be found');
  });

  it('does not believe exit code 0 without stats', () => {
    expect(classifyPlaybookEnd(end([], { output: 'hello' }))?.type).toBe('AnsibleTaskFailed');
  });

  it('takes a run that was killed as one to be tried again', () => {
    expect(classifyPlaybookEnd(end([], { exitCode: 137 }))?.type).toBe('AnsibleTaskFailed');
  });

  describe('of a run that was given up', () => {
    const sinceMs = Date.parse('2026-11-27T12:03:04.567Z');
    const hung = { passed: 'quiet', limitMs: 1_200_000, task: at.task, sinceMs } as const;
    const begun: PlaybookEvent = { event: 'task', task: at.task, action: at.action };

    it('names the task that hung, the host and since when', () => {
      const failure = classifyPlaybookEnd(end([begun], { hung, exitCode: 137 }));

      expect(failure?.type).toBe('AnsibleHung');
      expect(failure?.message).toBe(
        'node k8s-redis: playbook join: node_join : Run kubeadm join: 198.18.1.13: expected a sign of progress within 1200 s, ' +
          'found none since 2026-11-27T12:03:04Z; the worker ended the run',
      );
    });

    it('says of one that only never ends that its time is over, and of one without a task that it had none', () => {
      const whole = { ...hung, passed: 'whole', task: undefined } as const;

      expect(classifyPlaybookEnd(end([], { hung: whole, exitCode: undefined }))?.message).toBe(
        'node k8s-redis: playbook join: before its first task: 198.18.1.13: expected the playbook to end within 1200 s, ' +
          'found it at the same place since 2026-11-27T12:03:04Z; the worker ended the run',
      );
    });

    it('tells of the task that failed before, where one did', () => {
      expect(classifyPlaybookEnd(end([begun, failed('no')], { hung, exitCode: 137 }))?.type).toBe('AnsibleTaskFailed');
    });

    it('is done when it came to its end at the same moment', () => {
      expect(classifyPlaybookEnd(end([begun, good], { hung }))).toBeUndefined();
    });
  });
});
