import { setTimeout as delay } from 'node:timers/promises';
import type { InstanceState } from '../../model/facts/facts.js';
import type { BootedInstance, EmulatedHosts, InstanceTimings } from './emulated-hosts.js';

/** One instance with the state that the emulator shows, which moto does not keep over time. */
export interface EmulatedInstance extends BootedInstance {
  readonly state: InstanceState;
  /** Why it ended, or is stopped. */
  readonly reason: { readonly code: string; readonly message: string } | undefined;
}

/** The states of all instances over time, and the hosts that follow them. */
export interface InstanceStates {
  readonly get: (id: string) => EmulatedInstance | undefined;
  /** A new instance: pending, then running when its host has booted. With `failure` it is terminated instead of booted. */
  launch(instance: BootedInstance, failure?: string): void;
  /** Whether there was anything to change; ended instances stay as they are. */
  terminate(id: string): boolean;
  stop(id: string): boolean;
  start(id: string): boolean;
  /** No state changes any more. */
  close(): void;
}

interface Entry {
  instance: EmulatedInstance;
  /** The work of the host, one action after the other. */
  work: Promise<void>;
}

const userInitiated = {
  code: 'Client.UserInitiatedShutdown',
  message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};

/** Starts with no instance. `onProblem` hears of hosts that fail. */
export function createInstanceStates(input: {
  readonly hosts: EmulatedHosts;
  readonly timings: InstanceTimings;
  readonly onProblem: (line: string) => void;
}): InstanceStates {
  const { hosts, timings, onProblem } = input;
  const entries = new Map<string, Entry>();
  const closing = new AbortController();

  function set(entry: Entry, state: InstanceState, reason?: EmulatedInstance['reason']): void {
    entry.instance = { ...entry.instance, state, reason };
  }

  /** Goes through `passing` to `end`, unless something else was asked for meanwhile. */
  function pass(
    entry: Entry,
    passing: InstanceState,
    seconds: number,
    act: () => Promise<void>,
    end: InstanceState,
  ): void {
    set(entry, passing, passing === 'pending' ? undefined : userInitiated);
    const least = delay(seconds * 1_000, undefined, { signal: closing.signal });
    // a rejection before it is awaited would end the process
    least.catch(() => undefined);
    entry.work = entry.work.then(async () => {
      const { id, node } = entry.instance;
      let problem: string | undefined;
      try {
        await act();
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        onProblem(`host of ${node} (${id}), ${passing}: ${problem}`);
      }
      await least.catch(() => undefined);
      if (entry.instance.state !== passing || closing.signal.aborted) return;
      if (problem === undefined || passing !== 'pending') set(entry, end, entry.instance.reason);
      else
        set(entry, 'terminated', {
          code: 'Server.InternalError',
          // EC2 keeps the cause to itself; here the reader is also the one who can mend it
          message: `Server.InternalError: Internal error on launch: ${problem.slice(0, 300)}`,
        });
    });
  }

  return {
    get: (id) => entries.get(id)?.instance,
    launch(instance, failure) {
      const entry: Entry = { instance: { ...instance, state: 'pending', reason: undefined }, work: Promise.resolve() };
      entries.set(instance.id, entry);
      const seconds = timings.pendingSeconds ?? 2;
      if (failure === undefined) {
        pass(entry, 'pending', seconds, () => hosts.boot(instance), 'running');
        return;
      }
      pass(entry, 'pending', seconds, () => Promise.resolve(), 'terminated');
      entry.work = entry.work.then(() => {
        if (entry.instance.state === 'terminated')
          set(entry, 'terminated', { code: failure, message: `${failure}: emulated` });
      });
    },
    terminate(id) {
      const entry = entries.get(id);
      if (entry === undefined || entry.instance.state === 'shutting-down' || entry.instance.state === 'terminated')
        return false;
      pass(entry, 'shutting-down', timings.shuttingDownSeconds ?? 1, () => hosts.terminate(id), 'terminated');
      return true;
    },
    stop(id) {
      const entry = entries.get(id);
      if (entry?.instance.state !== 'running') return false;
      pass(entry, 'stopping', timings.stoppingSeconds ?? 1, () => hosts.stop(id), 'stopped');
      return true;
    },
    start(id) {
      const entry = entries.get(id);
      if (entry?.instance.state !== 'stopped') return false;
      pass(entry, 'pending', timings.pendingSeconds ?? 2, () => hosts.start(id), 'running');
      return true;
    },
    close() {
      closing.abort();
    },
  };
}
