/** What a person sees of a unit in the cluster, read at one moment: for `groundswell logs`, in no payload and in no history. */
export interface UnitLook {
  readonly unit: string;
  readonly wave: number;
  /** Number of its objects. */
  readonly objects: number;
  /** Those that are not ready, each in a sentence: `Deployment api/location 0/2: pod …`. */
  readonly open: readonly string[];
  /** Pods of its newest templates, those that are not ready first. */
  readonly pods: readonly PodLook[];
  /** Events about its objects and their pods, the newest last. */
  readonly events: readonly EventLook[];
}

export interface PodLook {
  readonly namespace: string;
  readonly name: string;
  /** Absent while it is bound to none. */
  readonly node?: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly logs: readonly ContainerLog[];
}

/** The last lines of a container, or why there are none. */
export interface ContainerLog {
  readonly container: string;
  /** Of the run before the one that is about to begin: what a container says that crashes again and again. */
  readonly previous: boolean;
  readonly text?: string;
  readonly problem?: string;
}

export interface EventLook {
  /** When it was seen last, ISO 8601; absent where the event does not say. */
  readonly at?: string;
  readonly type: string;
  readonly reason: string;
  /** `Pod location-5d9c7`. */
  readonly about: string;
  readonly count: number;
  readonly message: string;
}
