import type { FailureType } from '../../model/failures.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { attemptLogName } from './attempt-log-name.js';
import type { HostOutcome } from './host-outcome.js';

interface Playbooks {
  readonly ansible: Ansible;
  readonly ssh: Ssh;
  readonly options: CallOptions;
}

/** A host with less cannot do anything useful. */
const leastBytes = 1024 ** 2;
const freeSpace =
  'df --block-size=1 --output=avail,iavail,target / /var/lib/containerd /var/lib/kubelet /var/lib/etcd 2> /dev/null';

/**
 * Runs a playbook on a host; its log grows under the name of this attempt. Where it fails, the host is asked for the space on its disks, because what tools make of a full
 * disk often hides it. Fails as `Ansible.runPlaybook` does, with `AnsibleTaskFailed` for a full disk.
 */
export async function runPlaybook(playbooks: Playbooks, run: PlaybookRun): Promise<HostOutcome> {
  try {
    const named = { ...run, logName: attemptLogName() };
    const { changedTasks, log } = await playbooks.ansible.runPlaybook(named, playbooks.options);
    return { changed: changedTasks > 0, changedTasks, ...(log === undefined ? {} : { log }) };
  } catch (error) {
    if (!(error instanceof RolloutError) || !mayBeDisk(error)) throw error;
    const full = await fullDisks(playbooks, run);
    if (full.length === 0) throw error;
    throw new RolloutError('AnsibleTaskFailed', `${error.message}; the disk is full: ${full.join(', ')}`, {
      cause: error,
      log: error.log,
      known: 'disk full',
      ...(error.details === undefined ? {} : { details: error.details }),
    });
  }
}

const tasksFailed: readonly FailureType[] = ['AnsibleTaskFailed', 'KubeadmFailed'];

/** Not for a host that plainly does not answer: it would have to be waited for once more. */
function mayBeDisk({ type, known }: RolloutError): boolean {
  if (known === 'disk full') return false;
  return tasksFailed.includes(type) || (type === 'HostUnreachable' && known === 'output hidden');
}

/** The full ones among the host's file systems, in words; none when the host does not tell. */
async function fullDisks({ ssh, options }: Playbooks, { host }: PlaybookRun): Promise<readonly string[]> {
  try {
    const { stdout } = await ssh.run(host, freeSpace, { ...options, timeoutMs: 20_000 });
    return [...new Set(stdout.split('\n').slice(1).flatMap(fullDisk))];
  } catch {
    options.signal?.throwIfAborted();
    return [];
  }
}

function fullDisk(line: string): readonly string[] {
  const [bytes = '', inodes = '', target = ''] = line.trim().split(/\s+/);
  if (/^\d+$/.test(bytes) && Number(bytes) < leastBytes) return [`${target} has ${bytes} bytes left`];
  return inodes === '0' && target !== '' ? [`${target} has no inode left`] : [];
}
