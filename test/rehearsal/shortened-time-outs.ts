import { shortTimeOuts } from '../crash/short-time-outs.js';

/** For workers beside real hosts and Ansible on the same machine, which may keep it from its heartbeats for a second or two. */
export const interceptors = shortTimeOuts({ heartbeatTimeout: '8 seconds', longestTimerMs: 2_000 });
