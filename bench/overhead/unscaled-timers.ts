import type { StepKind } from './measured-path.js';
import { instancePace } from '../../activities/instances.js';
import { nodePace } from '../../activities/nodes.js';
import { networkPace } from '../../activities/network.js';
import { bootPace } from '../../activities/hosts/reach-host.js';
import { verifyPace } from '../../activities/verification.js';
import { gatePace } from '../../activities/units/waves.js';
import type { ActivityPaces } from '../../activities/index.js';

/** How often the product looks, and how long a gate must hold. */
export const productPaces = {
  network: networkPace,
  instances: instancePace,
  hosts: bootPace,
  nodes: nodePace,
  waves: gatePace,
  verification: verifyPace,
} as const satisfies ActivityPaces;

/** The same, faster: what is looked at every 2 s is looked at every 2 s / factor. Deadlines stay. */
export function fasterPaces(factor: number): ActivityPaces {
  const faster = <Pace extends { readonly everyMs: number }>(pace: Pace): Pace => ({
    ...pace,
    everyMs: pace.everyMs / factor,
  });
  return {
    network: faster(networkPace),
    instances: faster(instancePace),
    hosts: faster(bootPace),
    nodes: faster(nodePace),
    waves: { ...faster(gatePace), settleMs: gatePace.settleMs / factor },
    verification: faster(verifyPace),
  };
}

/** Timers of the product that do not scale with what is outside, by the part of a step that they are in. */
export const unscaledTimers: readonly { readonly timer: string; readonly parts: readonly StepKind[] }[] = [
  { timer: `instance: looks every ${seconds(instancePace.everyMs)}`, parts: ['instance'] },
  { timer: `reachable: tries every ${seconds(bootPace.everyMs)}`, parts: ['reachable'] },
  { timer: `labelled, ready: looks every ${seconds(nodePace.everyMs)}`, parts: ['labelled', 'ready'] },
  {
    timer: `gate of a unit: looks every ${seconds(gatePace.everyMs)}, must hold for ${seconds(gatePace.settleMs)}`,
    parts: ['waves'],
  },
  { timer: `verify: looks every ${seconds(verifyPace.everyMs)}`, parts: ['verify'] },
  { timer: `network: looks every ${seconds(networkPace.everyMs)}`, parts: ['network'] },
];

/** Timers that hold nothing up in a roll-out without failures, for whoever looks for them in the table. */
export const idleTimers: readonly string[] = [
  'heartbeats, every 5 s: beside the work',
  'pause before a step is tried again, 5 s doubled up to 1 minute: no step failed',
  'waiting for the lock, a look every 10 s: nobody held it',
];

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}
