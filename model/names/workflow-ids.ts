/** Every id that begins so belongs to the lock of a cluster and to the children of the run that holds it. */
const lockIds = 'cluster/';

/** The parts of the id of a roll-out's workflow. */
export type RollOutWorkflow =
  | { readonly kind: 'lock'; readonly cluster: string }
  | { readonly kind: 'node'; readonly cluster: string; readonly node: string }
  | { readonly kind: 'wave'; readonly cluster: string; readonly wave: number };

/** Id of `applyPlan`. Temporal allows one open run of an id: this is the lock of the cluster. */
export function applyWorkflowId(cluster: string): string {
  return `${lockIds}${cluster}`;
}

/** Id of `rollOutNode`. */
export function nodeWorkflowId(cluster: string, node: string): string {
  return `${childWorkflowIds(cluster)}node/${node}`;
}

/** Id of `rollOutWave`. */
export function waveWorkflowId(cluster: string, wave: number): string {
  return `${childWorkflowIds(cluster)}wave/${wave}`;
}

/** Id of the schedule that checks a cluster for drift, and the prefix of the ids of its checks. */
export function driftScheduleId(cluster: string): string {
  return `drift/${cluster}`;
}

/** Prefix of the ids of all children of a cluster's lock. */
export function childWorkflowIds(cluster: string): string {
  return `${applyWorkflowId(cluster)}/`;
}

/** Whether an id is reserved for the lock and its children. */
export function isReservedWorkflowId(id: string): boolean {
  return id.startsWith(lockIds);
}

/** Reads an id that one of these functions made; `undefined` for any other one, as that of a front door. */
export function parseWorkflowId(id: string): RollOutWorkflow | undefined {
  if (!isReservedWorkflowId(id)) return undefined;
  const [cluster = '', kind, name = '', ...rest] = id.slice(lockIds.length).split('/');
  if (cluster === '' || rest.length > 0) return undefined;
  if (kind === undefined) return { kind: 'lock', cluster };
  if (kind === 'node' && name !== '') return { kind, cluster, node: name };
  if (kind === 'wave' && /^\d+$/.test(name)) return { kind, cluster, wave: Number(name) };
  return undefined;
}
