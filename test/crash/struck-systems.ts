import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { FailureType } from '../../model/failures.js';
import { isRecord } from '../../model/json/is-record.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Dependencies } from '../../worker/dependencies.js';
import { attemptOf } from './watched-activities.js';

const Told = z.object({ perform: z.boolean(), id: z.number() });
const Outcome = z.object({ lost: z.boolean() });

/**
 * The real systems of a worker, with a director (`servePassage`) before each call: it says when a call may be performed,
 * is told when it was, and may lose the answer. A call outside of an activity is nobody's business.
 */
export function struckBy(director: string, dependencies: Dependencies): Dependencies {
  const { ec2Network, ec2Compute, ec2Lock, ec2Catalog, ssh, ansible, kubernetesAccess } = dependencies;
  const access = struck({ director, name: 'kubernetesAccess', unreachable: 'KubernetesUnavailable' }, kubernetesAccess);
  return {
    ...dependencies,
    ec2Network: struck({ director, name: 'ec2Network', unreachable: 'AwsUnavailable' }, ec2Network),
    ec2Compute: struck({ director, name: 'ec2Compute', unreachable: 'AwsUnavailable' }, ec2Compute),
    ec2Lock: struck({ director, name: 'ec2Lock', unreachable: 'AwsUnavailable' }, ec2Lock),
    ec2Catalog: struck({ director, name: 'ec2Catalog', unreachable: 'AwsUnavailable' }, ec2Catalog),
    ssh: struck({ director, name: 'ssh', unreachable: 'HostUnreachable' }, ssh),
    ansible: struck({ director, name: 'ansible', unreachable: 'HostUnreachable' }, ansible),
    kubernetesAccess: {
      kubeconfig: access.kubeconfig.bind(access),
      async connect(controlPlane, input, options) {
        const kubernetes = await access.connect(controlPlane, input, options);
        if (kubernetes === undefined) return undefined;
        // the same arguments as at the simulated outside: first where the API is
        const place = {
          director,
          name: 'kubernetes',
          unreachable: 'KubernetesUnavailable',
          before: [null, input],
        } as const;
        return struck(place, kubernetes);
      },
    },
  };
}

interface Place {
  readonly director: string;
  readonly name: string;
  /** What it is for the caller that there is no answer. */
  readonly unreachable: FailureType;
  /** Arguments that the director is told before those of the call. */
  readonly before?: readonly unknown[];
}

/** One system whose every method asks first. */
function struck<System extends object>(place: Place, system: System): System {
  return new Proxy(system, {
    get(target, method) {
      const found: unknown = Reflect.get(target, method);
      if (typeof found !== 'function' || typeof method !== 'string') return found;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        const perform = async (given: readonly unknown[]): Promise<unknown> => Reflect.apply(found, target, given);
        return isInActivity() ? pass(place, method, args, perform) : perform(args);
      };
    },
  });
}

async function pass(
  { director, name, unreachable, before = [] }: Place,
  method: string,
  args: readonly unknown[],
  perform: (given: readonly unknown[]) => Promise<unknown>,
): Promise<unknown> {
  const lost = new RolloutError(unreachable, `${name}.${method}: the connection broke, and its answer is lost`);
  const caller = JSON.stringify(attemptOf(Context.current()));
  const call = { system: name, method, args: [...before, ...args], caller };
  const told = Told.parse(await post(`${director}/call`, call));
  if (!told.perform) throw lost;
  const [outcome] = await Promise.allSettled([perform(late(name, args))]);
  const { lost: answerLost } = Outcome.parse(
    await post(`${director}/performed`, { id: told.id, ok: outcome.status === 'fulfilled' }),
  );
  if (answerLost) throw lost;
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** A request that was under way when its caller gave it up arrives all the same; a program or a login ends with it. */
function late(system: string, args: readonly unknown[]): readonly unknown[] {
  if (system === 'ansible' || system === 'ssh') return args;
  return args.map((arg) => {
    if (!isRecord(arg) || !(arg['signal'] instanceof AbortSignal) || !arg['signal'].aborted) return arg;
    const { signal: _, ...rest } = arg;
    return rest;
  });
}

function isInActivity(): boolean {
  try {
    Context.current();
    return true;
  } catch {
    return false;
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`director: ${await response.text()}`);
  return response.json();
}
