/** What became of a host; the last two when a playbook ran. */
export interface HostOutcome {
  readonly changed: boolean;
  readonly changedTasks?: number;
  /** Reference of the playbook's log in the artifact store. */
  readonly log?: string;
}
