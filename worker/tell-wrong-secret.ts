import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { z } from 'zod';
import { checkWorkerSecret } from '../activities/planning/check-worker-secret.js';
import { RolloutError } from '../model/rollout-error.js';
import type { Dependencies } from './dependencies.js';

const Input = z.object({ plan: z.object({ cluster: z.string() }) });

/**
 * Turns `HostKeyChanged` into `WorkerSecretWrong` when this worker's secret differs, and not the host. It is needed
 * because this worker may also run steps of another worker's plan. When it cannot ask EC2, the failure stays.
 */
export function tellWrongSecret({
  ec2Network,
  identity,
}: Pick<Dependencies, 'ec2Network' | 'identity'>): ActivityInterceptorsFactory {
  async function check(args: readonly unknown[], signal: AbortSignal): Promise<void> {
    const input = Input.safeParse(args[0]);
    if (!input.success) return;
    const { cluster } = input.data.plan;
    const network = await ec2Network.describeNetwork({ cluster }, { signal }).catch(() => ({}));
    checkWorkerSecret(identity, { cluster, network });
  }
  return ({ cancellationSignal }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof RolloutError && error.type === 'HostKeyChanged') {
            await check(input.args, cancellationSignal);
          }
          throw error;
        }
      },
    },
  });
}
