import type { Playbook } from '../../model/steps.js';
import type { SimulatedSystems } from '../../rehearsal/simulated/simulated-systems.js';

/** Holds playbooks up, so that a test decides when they go on. */
export interface Gates {
  /** Holds a playbook of a node up from now on, until it is released. */
  hold(node: string, playbook: Playbook): Gate;
  /** The systems, with the gates in front of their playbooks. */
  around(systems: SimulatedSystems): SimulatedSystems;
}

export interface Gate {
  /** Whether somebody stands before it. */
  reached(): boolean;
  release(): void;
}

interface Held {
  reached: boolean;
  readonly open: PromiseWithResolvers<undefined>;
}

export function createGates(): Gates {
  const gates = new Map<string, Held>();
  return {
    hold(node, playbook) {
      const held: Held = { reached: false, open: Promise.withResolvers() };
      gates.set(`${node} ${playbook}`, held);
      return {
        reached: () => held.reached,
        release: () => {
          held.open.resolve(undefined);
        },
      };
    },
    around: (systems) => ({
      ...systems,
      ansible: {
        ...systems.ansible,
        async runPlaybook(run, options) {
          const held = gates.get(`${run.host.node} ${run.playbook}`);
          if (held !== undefined) {
            held.reached = true;
            await Promise.race([held.open.promise, untilAborted(options?.signal)]);
          }
          return systems.ansible.runPlaybook(run, options);
        },
      },
    }),
  };
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    });
  });
}
