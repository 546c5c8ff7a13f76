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

/**
 * The outcome of one attempt of an activity. `let go`: the worker shut down, or somebody ended the run. `busy`: the
 * attempt waits for another run.
 */
type Outcome = 'changed' | 'unchanged' | 'failed' | 'busy' | 'let go';

/**
 * Logs the start and the end of each attempt of an activity with its cluster, stage and step, and counts the attempt.
 * Gives the same fields to every line that the activity logs itself. Logs neither the argument nor the result.
 */
export function observeActivity(context: Context): ActivityInterceptors {
  // the fields need the argument, which comes with `execute`
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
        // other activities are short, or look at the same thing repeatedly
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
      // the part tells as much as the type of the activity and its queue
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

/**
 * Counts an attempt. No label is the name of a node or a unit, so that the number of series does not grow with the
 * cluster.
 */
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
