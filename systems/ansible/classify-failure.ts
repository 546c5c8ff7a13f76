import type { FailureType } from '../../model/failures.js';
import { RolloutError, type KnownCause } from '../../model/rollout-error.js';
import type { FailedEvent, PlaybookEvent, UnreachableEvent } from './events.js';
import type { HungRun } from './watch-run.js';

/** The end of an `ansible-playbook` run: its events count first, and the exit code only without events. */
export interface PlaybookEnd {
  readonly playbook: string;
  readonly node: string;
  /** Address of the host, for messages. */
  readonly address: string;
  readonly events: readonly PlaybookEvent[];
  /** Set when the worker ended the run because a deadline passed. */
  readonly hung?: HungRun | undefined;
  readonly exitCode: number | undefined;
  /** stdout and stderr, secrets masked. */
  readonly output: string;
}

/** Exit codes of ansible-playbook 2.14 to 2.19 that mean: the playbook, its options or its variables are wrong. */
const refusedExitCodes: readonly (number | undefined)[] = [4, 5, 6, 8];

/**
 * Returns the failure of a run, or `undefined` when every task succeeded on exactly the expected host. The exit code
 * alone proves nothing: it is 0 when no host matched, and 4 both for an unreachable host and for a syntax error.
 */
export function classifyPlaybookEnd(end: PlaybookEnd): RolloutError | undefined {
  for (const event of end.events) {
    if (event.event === 'unreachable') return unreachableFailure(end, event);
    if (event.event === 'failed' && !event.ignored) return taskFailure(end, event);
  }
  // a run that completed just before the worker ended it is done
  if (end.hung !== undefined && end.exitCode !== 0) return hungFailure(end, end.hung);
  const stats = end.events.find((event) => event.event === 'stats');
  if (stats === undefined) return unfinishedFailure(end);
  const hosts = Object.keys(stats.hosts);
  if (hosts.length !== 1 || hosts[0] !== end.node) {
    const found = hosts.length === 0 ? 'none' : hosts.join(', ');
    return new RolloutError('AnsibleRefused', `${where(end)}: expected the play to run on ${end.node}, found ${found}`);
  }
  if (end.exitCode === 0) return undefined;
  return new RolloutError(
    'AnsibleTaskFailed',
    `${where(end)}: exit code ${end.exitCode ?? 'unknown'} without a failed task`,
    {
      details: end.output.slice(-4000),
    },
  );
}

function hungFailure(end: PlaybookEnd, { passed, limitMs, task, sinceMs }: HungRun): RolloutError {
  const what = task ?? 'before its first task';
  const since = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const seconds = Math.round(limitMs / 1_000);
  const text =
    passed === 'quiet'
      ? `expected a sign of progress within ${seconds} s, found none since ${since}`
      : `expected the playbook to end within ${seconds} s, found it at the same place since ${since}`;
  return new RolloutError('AnsibleHung', `${where(end)}: ${what}: ${end.address}: ${text}; the worker ended the run`, {
    details: end.output.slice(-4000),
  });
}

function unreachableFailure(end: PlaybookEnd, event: UnreachableEvent): RolloutError {
  const type = unreachableType(event.message);
  const said = type === 'AnsibleTaskFailed' ? fullDiskText(event.message) : undefined;
  const text = said ?? `${end.address}: ${readable(event.message)}`;
  const known = knownCause(event.message, event.message);
  return new RolloutError(type, `${where(end)}: ${event.task}: ${text}`, { details: event.message, known });
}

function unreachableType(message: string): FailureType {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/.test(message)) return 'HostKeyChanged';
  if (/Permission denied \(/.test(message)) return 'HostLoginRefused';
  // the host answered, but Ansible could not make its folder there
  if (diskFull.test(message)) return 'AnsibleTaskFailed';
  return 'HostUnreachable';
}

function taskFailure(end: PlaybookEnd, event: FailedEvent): RolloutError {
  const output = [event.message, event.stdout, event.stderr].filter((text) => text !== undefined).join('\n');
  const type = taskFailureType(event, output);
  return new RolloutError(type, `${where(end)}: ${event.task}: ${reason(type, event, output)}`, {
    details: output.slice(-6000),
    known: knownCause(event.message, output),
  });
}

function taskFailureType(event: FailedEvent, output: string): FailureType {
  // a loaded host answers sudo late, which Ansible calls a failed task
  if (/Timeout \(\d+s\) waiting for privilege escalation/.test(output)) return 'HostUnreachable';
  if (event.action.endsWith('validate_argument_spec')) return 'AnsibleRefused';
  if (/is undefined|AnsibleUndefinedVariable|Syntax error in template/.test(event.message)) return 'AnsibleRefused';
  if (/NO_PUBKEY|no available installation candidate|Version .* not found|has no installation candidate/.test(output)) {
    return 'AnsibleRefused';
  }
  if (kubeadmErrors(output).length > 0 || /^groundswell-(init|join)-g\d+/m.test(output)) return 'KubeadmFailed';
  return 'AnsibleTaskFailed';
}

function reason(type: FailureType, event: FailedEvent, output: string): string {
  const full = fullDiskText(output);
  // all other messages follow from it
  if (full !== undefined) return full;
  const errors = kubeadmErrors(output);
  if (type === 'KubeadmFailed' && errors.length > 0) return errors.slice(0, 3).join('; ');
  const last = event.stderr === undefined ? undefined : event.stderr.split('\n').at(-1);
  return readable(event.message === 'non-zero return code' && last !== undefined ? last : event.message);
}

/** Finds a known cause: a full disk explains all other messages, and a hidden output may mean a full disk. */
function knownCause(message: string, output: string): KnownCause | undefined {
  if (diskFull.test(output)) return 'disk full';
  return isHidden(message) ? 'output hidden' : undefined;
}

/** Whether the message is Ansible's own text in place of an output that `no_log` hides. */
function isHidden(message: string): boolean {
  return message.includes('output has been hidden');
}

function readable(message: string): string {
  if (isHidden(message)) return 'the task hides its output, because a secret may be in it';
  return firstLine(message);
}

/** Messages of the C library, Go and apt about a full disk. */
const diskFull = /no space left on device|(?:not|don't have) enough free space/i;

function fullDiskText(output: string): string | undefined {
  const line = output.split('\n').find((text) => diskFull.test(text));
  return line === undefined ? undefined : `the disk is full: ${firstLine(line)}`;
}

/** kubeadm's own error lines; the rest of its output is progress. */
function kubeadmErrors(output: string): readonly string[] {
  return output.split('\n').filter((line) => /\[ERROR |^error execution phase|^error: /.test(line.trim()));
}

function unfinishedFailure(end: PlaybookEnd): RolloutError {
  const output = end.output.trim();
  const error = /^(?:\[ERROR\]|ERROR!|fatal:).*$/m.exec(output)?.[0] ?? output.split('\n').at(-1) ?? '';
  const refused = refusedExitCodes.includes(end.exitCode) || /ERROR! |\[ERROR\]:/.test(output);
  const type = refused ? 'AnsibleRefused' : 'AnsibleTaskFailed';
  const code = end.exitCode === undefined ? 'no exit code' : `exit code ${end.exitCode}`;
  return new RolloutError(type, `${where(end)}: stopped early with ${code}: ${firstLine(error)}`, {
    details: output.slice(-4000),
  });
}

function where(end: PlaybookEnd): string {
  return `node ${end.node}: playbook ${end.playbook}`;
}

/** The first line, and the second line if the first only announces it. */
function firstLine(text: string): string {
  const [first = '', second = ''] = text
    .trim()
    .replace(/^Task failed: /, '')
    .split('\n');
  return (first.trim().endsWith(':') ? `${first} ${second}` : first).trim().slice(0, 400);
}
