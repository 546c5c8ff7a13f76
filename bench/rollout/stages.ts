/**
 * The stages that both bring-ups go through, in the order in which they end, each with what its end is. A stage ends when
 * its last host or unit is through. Hosts do not wait for each other, in neither of the two, so stages overlap.
 */
export const stages = {
  booted: 'the last host has started its init',
  up: 'the last host lets us in over SSH',
  prepared: 'the last host has settings, packages, containerd, images',
  init: 'kubeadm init has ended',
  joined: 'the last host has joined',
  Ready: 'every Node is Ready and has the pod network',
  waves: 'every unit of every wave is ready',
  all: 'the bring-up has looked at everything and ends',
} as const;
export type Stage = keyof typeof stages;

/** Their names in order. */
export const stageNames: readonly Stage[] = ['booted', 'up', 'prepared', 'init', 'joined', 'Ready', 'waves', 'all'];

/** One number for each stage. A stage that does not exist, such as the joins of one node, is left out. */
export type PerStage = Readonly<Partial<Record<Stage, number>>>;

/** One measured bring-up. */
export interface Measured {
  readonly startedAtMs: number;
  /** When each stage ended, in milliseconds since 1970. */
  readonly ends: PerStage;
  /** What the whole machine worked from the start to the end of each stage, in seconds of all cores together. */
  readonly cpuSeconds: PerStage;
  /** How many cores the machine used just before: for other work, and for the outside that waits. */
  readonly coresBefore: number;
  /** What it left behind, as the cluster itself says; see `whatIsThere`. */
  readonly there: readonly string[];
}
