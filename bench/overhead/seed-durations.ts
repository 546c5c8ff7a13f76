import { nodePartOf, parseStep } from '../../model/names/parse-step.js';
import type { Durations } from '../../rehearsal/simulated/durations.js';

/** One part of the chain that Groundswell replaces, with what it is called here. */
export interface SeedPart {
  readonly part: string;
  /** As its documents say: 36 minutes in all for 14 nodes. */
  readonly minutes: number;
  /** What of ours takes that time in the simulated outside. */
  readonly ours: string;
}

/** How long the replaced chain took, part by part, and which steps of ours get those minutes. */
export const seedParts: readonly SeedPart[] = [
  {
    part: 'provisioning',
    minutes: 10,
    ours: 'instance 8 and reachable 2: Terraform made the instances and waited; ours launches each and waits for its SSH',
  },
  {
    part: 'bootstrap',
    minutes: 20,
    ours: 'prepared 10, init 4, join 4, ready 2, and cni 2 beside them: one Ansible run over all hosts was that; ours is one per host',
  },
  {
    part: 'applications',
    minutes: 2 + 3,
    ours: 'waves 0 to 4, a minute each: the sync waves came up one after another, as ours do',
  },
  {
    part: 'labels and monitoring',
    minutes: 0.5 + 0.5,
    ours: 'wave 10, a minute: labels are two calls of the API here and take no simulated time, so their half minute goes to the last wave',
  },
];

/** Seconds of the bench for a minute of the replaced chain. */
export const scale = 60;

/** The same for the simulated outside: a second for each minute. */
export const seedDurations: Durations = {
  instance: 8,
  reachable: 2,
  prepared: 10,
  init: 4,
  cni: 2,
  join: 4,
  ready: 2,
  workload: 1,
};

/** How long the simulated outside takes for a step, in seconds: nothing for the network, labels and verify. */
export function simulatedSeconds(step: string): number {
  if (parseStep(step)?.stage === 'waves') return seedDurations.workload ?? 0;
  const part = nodePartOf(step);
  return part === undefined ? 0 : (seedDurations[part] ?? 0);
}
