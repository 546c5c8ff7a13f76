/** The result for a host; the last two fields only after a playbook. */
export interface HostOutcome {
  readonly changed: boolean;
  readonly changedTasks?: number;
  /** Reference of the playbook's log in the artifact store. */
  readonly log?: string;
}
