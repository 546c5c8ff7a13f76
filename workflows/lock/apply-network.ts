import { proxyActivities } from '@temporalio/workflow';
import type { NetworkActivities } from '../../activities/network.js';
import type { NetworkPart, StepId } from '../../model/steps.js';
import { activityOptions } from '../step/activity-options.js';
import { referenceOf, type PlanRun } from './plan-run.js';
import type { PlanReference } from '../contract.js';
import { rethrowMostSevere } from '../step/step-outcomes.js';
import { runStep } from '../step/run-step.js';
import { setStepStatus } from '../step/steps.js';

/** Makes the network: first the VPC and the key pair, then what lives in the VPC, then the routes of its subnets. */
export async function applyNetwork(run: PlanRun): Promise<void> {
  const {
    steps,
    now: { plan },
  } = run;
  if (plan.network.every(({ op }) => op === 'none')) {
    for (const { step } of plan.network) setStepStatus(steps, { step, state: 'done', changed: false });
    return;
  }
  const parts = plan.network.map(({ step }) => partOf(step));
  await ensureAll(parts.filter((part) => part === 'vpc' || part === 'key-pair'));
  await ensureAll(
    parts.filter((part) => part === 'internet-gateway' || part === 'security-group' || part.startsWith('subnet-')),
  );
  await ensureAll(parts.filter((part) => part === 'route-table'));

  async function ensureAll(group: readonly NetworkPart[]): Promise<void> {
    const results = await Promise.allSettled(
      // by the plan of that moment: a stale one may have been replaced
      group.map((part) => runStep(steps, `network/${part}`, () => ensure(part, referenceOf(run.now.plan)))),
    );
    rethrowMostSevere(results);
  }
}

function partOf(step: StepId): NetworkPart {
  const part = step.slice('network/'.length);
  if (part === 'vpc' || part === 'internet-gateway' || part === 'route-table') return part;
  if (part === 'security-group' || part === 'key-pair') return part;
  return `subnet-${part.slice('subnet-'.length)}`;
}

function ensure(part: NetworkPart, plan: PlanReference): Promise<{ readonly changed: boolean }> {
  const options = { summary: `network/${part}` };
  switch (part) {
    case 'vpc':
      return mutate.ensureVpc.executeWithOptions(options, [{ plan }]);
    case 'key-pair':
      return mutate.ensureKeyPair.executeWithOptions(options, [{ plan }]);
    case 'internet-gateway':
      return mutate.ensureInternetGateway.executeWithOptions(options, [{ plan }]);
    case 'security-group':
      return mutate.ensureSecurityGroup.executeWithOptions(options, [{ plan }]);
    case 'route-table':
      return mutate.ensureRouteTable.executeWithOptions(options, [{ plan }]);
    default:
      return mutate.ensureSubnet.executeWithOptions(options, [{ plan, zone: part.slice('subnet-'.length) }]);
  }
}

const mutate = proxyActivities<NetworkActivities>(activityOptions.mutate);
