/** How long things take in the simulated outside, in seconds, before scaling. */
export interface Durations {
  /** RunInstances until `running`. */
  readonly instance: number;
  /** `running` until SSH answers. */
  readonly boot: number;
  readonly prepare: number;
  readonly init: number;
  readonly cni: number;
  readonly join: number;
  /** Joined until Ready. */
  readonly ready: number;
  /** Applied until all pods of a workload are ready. */
  readonly workload: number;
}

/** Medians of a roll-out on real hosts, of the rehearsal on 2 cores; see docs/architecture.md for how they were measured. */
export const measuredDurations: Durations = {
  instance: 3,
  boot: 3,
  prepare: 20,
  init: 15,
  cni: 4,
  join: 14,
  ready: 8,
  workload: 6,
};

/** For tests with virtual time: nothing takes any. */
export const noDurations: Durations = {
  instance: 0,
  boot: 0,
  prepare: 0,
  init: 0,
  cni: 0,
  join: 0,
  ready: 0,
  workload: 0,
};

/** The same, slower or faster. */
export function scaled(durations: Durations, factor: number): Durations {
  return {
    instance: durations.instance * factor,
    boot: durations.boot * factor,
    prepare: durations.prepare * factor,
    init: durations.init * factor,
    cni: durations.cni * factor,
    join: durations.join * factor,
    ready: durations.ready * factor,
    workload: durations.workload * factor,
  };
}
