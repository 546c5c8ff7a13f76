/** What is to be known of a kind whose objects have pods, beside when it is ready (`model/gate/gate.ts`). */
export interface PodKindRow {
  /** Where in an object the spec of its pods stands. */
  readonly podSpec: readonly string[];
  /** What it has as many pods of as it wants. Default: it has none of its own that explain why it is not ready. */
  readonly counts?: 'replicas' | 'nodes' | 'completions';
  /**
   * Pods of its newest template, among its pods. Its newest ReplicaSet owns them, or they have a label with the value
   * under a path of the object. Default: all that it owns.
   */
  readonly newest?: 'in its newest ReplicaSet' | { readonly label: string; readonly is: readonly string[] };
}

const template = ['spec', 'template', 'spec'];

/** Every kind with pods. They are applied after what pods use, and asked where their pods may run. */
export const podKinds = {
  Pod: { podSpec: ['spec'] },
  Deployment: { podSpec: template, counts: 'replicas', newest: 'in its newest ReplicaSet' },
  StatefulSet: {
    podSpec: template,
    counts: 'replicas',
    newest: { label: 'controller-revision-hash', is: ['status', 'updateRevision'] },
  },
  DaemonSet: {
    podSpec: template,
    counts: 'nodes',
    newest: {
      label: 'pod-template-generation',
      is: ['metadata', 'annotations', 'deprecated.daemonset.template.generation'],
    },
  },
  ReplicaSet: { podSpec: template, counts: 'replicas' },
  Job: { podSpec: template, counts: 'completions' },
  CronJob: { podSpec: ['spec', 'jobTemplate', ...template] },
} as const satisfies Readonly<Record<string, PodKindRow>>;
export type PodKind = keyof typeof podKinds;

const rows: ReadonlyMap<string, PodKindRow> = new Map(Object.entries(podKinds));

/** The row of a kind; `undefined` for kinds without pods. */
export function podKindOf(kind: string): PodKindRow | undefined {
  return rows.get(kind);
}
