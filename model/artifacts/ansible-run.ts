import { everyNodePart, nodeRow, type NodePart } from '../steps.js';

/** The steps of a node that run Ansible, in their order. */
export const ansibleParts: readonly NodePart[] = everyNodePart.filter((part) => nodeRow(part).playbook !== undefined);

/** One run of Ansible for a step: one attempt of its activity. */
export interface AnsibleRun {
  readonly step: string;
  /** The run of the workflow that it belongs to. */
  readonly workflowRunId: string;
  /** Counted by the server within one try of the step. */
  readonly attempt: number;
  /** `cut off`: its worker died or let go, or its time was over. `waiting`: for a worker. */
  readonly state: 'done' | 'failed' | 'cut off' | 'running' | 'waiting';
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** Its failure, or its present work, in one line. */
  readonly note?: string;
  readonly changedTasks?: number;
  /** Reference of its log in the artifact store; absent while it runs, and when it was cut off. */
  readonly log?: string;
  /** Name under which its log grows until it is stored by content. */
  readonly logName: string;
  /** `pid@host`, as the worker calls itself. */
  readonly worker?: string;
}

/** A run with its number in the list that people see, from 1, oldest first. */
export interface NumberedRun extends AnsibleRun {
  readonly number: number;
}
