import type { Playbook } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';
import type { SshTarget } from '../ssh/ssh.js';

/** One run is one playbook of `ansible/` on one host. */
export interface PlaybookRun {
  readonly playbook: Playbook;
  readonly host: SshTarget;
  /** Variables without secrets; plain JSON. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Variables that never appear in logs, events or process lists. */
  readonly secretVariables?: Readonly<Record<string, string>>;
  /**
   * Name under which the log grows in the artifact store during the run. Without a name, the log appears only at the
   * end.
   */
  readonly logName?: string;
}

export interface PlaybookOutcome {
  /** How many tasks changed the host. */
  readonly changedTasks: number;
  readonly okTasks: number;
  /** Reference of the whole log in the artifact store, secrets masked; absent when the store refused it. */
  readonly log?: string;
}

/** Runs playbooks. */
export interface Ansible {
  /**
   * Runs one playbook on one host. Stores the log whatever the outcome; a failure names the log. Fails with
   * `HostUnreachable`, `AnsibleTaskFailed` (the task and its message), `KubeadmFailed` (the [ERROR] lines),
   * `AnsibleRefused` (the playbook itself is wrong) or `AnsibleHung` (no progress until the deadline, so the worker
   * ended the run; units that it started on the host continue). The whole process group ends with `signal`, and with
   * the worker.
   */
  runPlaybook(run: PlaybookRun, options?: CallOptions): Promise<PlaybookOutcome>;
  /**
   * Digest of the roles and playbooks: together with the inputs it tells whether the preparation of a host is current.
   */
  contentDigest(): Promise<string>;
}
