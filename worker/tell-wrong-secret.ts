import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { z } from 'zod';
import { checkWorkerSecret } from '../activities/planning/check-worker-secret.js';
import { RolloutError } from '../model/rollout-error.js';
import type { Dependencies } from './dependencies.js';

const Input = z.object({ plan: z.object({ cluster: z.string() }) });

/**
 * Says `WorkerSecretWrong` instead of `HostKeyChanged` where it is this worker's secret that differs, and not the host: a
 * plan of another worker's does not keep this one from its steps. Where EC2 cannot be asked, the failure stays as it is.
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
