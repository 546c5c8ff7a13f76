import type { Context } from '@temporalio/activity';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
  type MetricMeter,
  type MetricTags,
} from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { activityStep } from '../model/names/activity-step.js';
import { isRecord } from '../model/is-record.js';

/** How one attempt of an activity ended. `let go`: the worker shut down, or the run was ended. `busy`: it waits for another run. */
type Outcome = 'changed' | 'unchanged' | 'failed' | 'busy' | 'let go';

/**
 * Logs the beginning and the end of each attempt of an activity with its cluster, stage and step, counts it, and gives
 * the same fields to every line that the activity logs itself. Neither the argument nor the result is logged.
 */
export function observeActivity(context: Context): ActivityInterceptors {
  // the fields are known with the argument, which comes with `execute`
  let about = activityStep(context.info.activityType, undefined);
  return {
    inbound: {
      async execute(input, next) {
        about = activityStep(context.info.activityType, input.args[0]);
        const startedAtMs = performance.now();
        const end = (outcome: Outcome, failureType?: string): { readonly seconds: number } => {
          const seconds = (performance.now() - startedAtMs) / 1000;
          count(context.metricMeter, { part: about.part, outcome, seconds, failureType });
          return { seconds: Math.round(seconds * 1000) / 1000 };
        };
        // what is no step is short, or looks at the same thing again and again
        if (about.stage === 'plan') context.log.debug('step begins');
        else context.log.info('step begins');
        try {
          const result = await next(input);
          const changed = isRecord(result) && result['changed'] === true;
          context.log.info('step ends', { changed, ...end(changed ? 'changed' : 'unchanged') });
          return result;
        } catch (error) {
          logFailure(context, error, end);
          throw error;
        }
      },
    },
    outbound: {
      getLogAttributes(attributes, next) {
        const { cluster, stage, step } = about;
        return next({ ...attributes, cluster, stage, step });
      },
      // the part says what the type of the activity and its queue would
      getMetricTags: ({ namespace }, next) => next(namespace === undefined ? {} : { namespace }),
    },
  };
}

function logFailure(
  { log }: Context,
  error: unknown,
  end: (outcome: Outcome, failureType?: string) => { readonly seconds: number },
): void {
  if (error instanceof CancelledFailure) {
    log.info('step is let go', end('let go'));
    return;
  }
  const type = error instanceof ApplicationFailure ? (error.type ?? 'Unexpected') : 'Unexpected';
  const benign = error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
  if (benign) log.debug('step waits', { ...end('busy'), error });
  else log.warn('step fails', { ...end('failed', type), error });
}

interface Attempt {
  readonly part: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly failureType: string | undefined;
}

/** No name of a node or a unit is a label: the number of series stays the same, whatever the cluster. */
function count(meter: MetricMeter, { part, outcome, seconds, failureType }: Attempt): void {
  const tags: MetricTags = { part };
  meter
    .createCounter(
      'groundswell_step_attempts',
      undefined,
      'attempts of activities, by part of the roll-out and by outcome',
    )
    .add(1, { ...tags, outcome });
  meter
    .createHistogram('groundswell_step_duration', 'float', 'seconds', 'duration of an attempt')
    .record(seconds, tags);
  if (failureType === undefined) return;
  meter
    .createCounter('groundswell_step_failures', undefined, 'failed attempts, by type of failure (docs/errors.md)')
    .add(1, { ...tags, failure_type: failureType });
}
