import type { Playbook } from '../../model/steps.js';

/** When a run is given up although its connection is alive. */
export interface PlaybookDeadline {
  /** Longest silence: no task begins or ends, no item, no try, no line of output. */
  readonly quietMs: number;
  /** Longest run in all, however much it says. Well below the start-to-close time-out of its activity. */
  readonly wholeMs: number;
}

const minuteMs = 60_000;

/**
 * One task is silent for as long as its tool works: the silence that is allowed is the sum of the limits that the tools of
 * the longest task have themselves, so that they get to say what is wrong.
 */
export const playbookDeadlines: Readonly<Record<Playbook, PlaybookDeadline>> = {
  // apt waits 5 minutes for another program's lock, where dpkg's work is finished first twice; all images are one task
  prepare: { quietMs: 15 * minuteMs, wholeMs: 40 * minuteMs },
  // kubeadm gives the kubelet and the control plane 4 minutes each and a call of the API one; before and after, we wait a minute
  init: { quietMs: 15 * minuteMs, wholeMs: 30 * minuteMs },
  // a reset ends what runs; kubeadm gives the discovery and the certificate 5 minutes each and the kubelet 4; then we wait a minute
  join: { quietMs: 20 * minuteMs, wholeMs: 35 * minuteMs },
  // a fetch of a minute, two requests of 10 seconds for each object of the manifest, a minute until it is taken up
  cni: { quietMs: 10 * minuteMs, wholeMs: 20 * minuteMs },
};
