import type { Playbook } from '../../model/steps.js';

/** Deadlines after which the worker ends a run although its connection is alive. */
export interface PlaybookDeadline {
  /** Longest silence: no begin or end of a task, no item, no try, no line of output. */
  readonly quietMs: number;
  /** Longest run in all, with any amount of output. Well below the start-to-close time-out of its activity. */
  readonly wholeMs: number;
}

const minuteMs = 60_000;

/**
 * A task is silent while its tool works. So the allowed silence is the sum of the tools' own limits in the longest
 * task, and the tools can report the problem first.
 */
export const playbookDeadlines: Readonly<Record<Playbook, PlaybookDeadline>> = {
  // apt waits 5 minutes for another program's lock, twice if it must finish the work of dpkg first; all images are one
  // task
  prepare: { quietMs: 15 * minuteMs, wholeMs: 40 * minuteMs },
  // kubeadm gives the kubelet and the control plane 4 minutes each, and a call of the API one minute; we wait a minute
  // before and after
  init: { quietMs: 15 * minuteMs, wholeMs: 30 * minuteMs },
  // a reset ends all containers; kubeadm gives the discovery and the certificate 5 minutes each, and the kubelet 4;
  // then we wait a minute
  join: { quietMs: 20 * minuteMs, wholeMs: 35 * minuteMs },
  // a minute to fetch, two requests of 10 seconds for each object of the manifest, a minute for the effect
  cni: { quietMs: 10 * minuteMs, wholeMs: 20 * minuteMs },
};
