import { MockActivityEnvironment } from '@temporalio/testing';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { z } from 'zod';
import { createWorldLockActivities } from '../../../activities/lock/world-lock.js';
import type { Ec2Lock } from '../../../systems/ec2/ec2.js';

export type Locking = ReturnType<typeof createWorldLockActivities>;

/** A Temporal server with one namespace, as far as activities about the lock in the world ask it. */
export interface FakeTemporal {
  readonly name: string;
  /** Runs of `cluster/<name>` that are open; of all others it knows nothing. */
  readonly open: Set<string>;
  /** Does something as an activity of this run. */
  readonly inRun: <Result>(runId: string, act: (activities: Locking) => Promise<Result>) => Promise<Result>;
}

/** Temporals that share one EC2. With `ownServer` one that keeps this name when its database, and so `name`, is another. */
export function temporalsOver(ec2Lock: Ec2Lock): (name: string, ownServer?: string) => FakeTemporal {
  return (name, ownServer) => {
    const open = new Set<string>();
    const client = z
      .custom<Client>(() => true)
      .parse({
        options: { namespace: 'default' },
        withAbortSignal: (_signal: AbortSignal, act: () => unknown) => act(),
        workflowService: { describeNamespace: async () => ({ namespaceInfo: { id: name } }) },
        workflow: {
          getHandle: (workflowId: string, runId: string) => ({
            async describe() {
              if (open.has(runId)) return { status: { name: 'RUNNING' } };
              throw new WorkflowNotFoundError('not found', workflowId, runId);
            },
          }),
        },
      });
    const place = { address: `${name}:7233`, host: 'laptop', ...(ownServer === undefined ? {} : { ownServer }) };
    const activities = createWorldLockActivities({ ec2Lock, temporal: place });
    return {
      name,
      open,
      inRun: (runId, act) => {
        const info = { workflowExecution: { workflowId: 'cluster/demo', runId } };
        const logger = new DefaultLogger('ERROR', () => undefined);
        return new MockActivityEnvironment(info, { client, logger }).run(() => act(activities));
      },
    };
  };
}
