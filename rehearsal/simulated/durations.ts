import type { NodePart } from '../../model/steps.js';

/**
 * How long things take in the simulated outside, in seconds, before scaling. Durations by step of a node. `instance` is
 * RunInstances until `running`, `reachable` is `running` until SSH answers, and `ready` is joined until Ready. The
 * others are their playbooks. `workload` is applied until all its pods are ready. What is left out takes no time.
 */
export type Durations = Readonly<Partial<Record<NodePart | 'workload', number>>>;

/** Medians of a roll-out on real hosts, of the rehearsal on 2 cores; see docs/architecture.md for how they were measured. */
export const measuredDurations: Durations = {
  instance: 3,
  reachable: 3,
  prepared: 20,
  init: 15,
  cni: 4,
  join: 14,
  ready: 8,
  workload: 6,
};

/** For tests with virtual time: nothing takes any. */
export const noDurations: Durations = {};

/** The same, slower or faster. */
export function scaled(durations: Durations, factor: number): Durations {
  return Object.fromEntries(Object.entries(durations).map(([part, seconds]) => [part, seconds * factor]));
}
