import { ec2Refusal, isRead, type Ec2Call } from './ec2-message.js';
import type { AnswerCall } from './named-things.js';

/** How many requests of one action may come at once, and how fast the bucket fills again. */
interface BucketSize {
  readonly capacity: number;
  readonly perSecond: number;
}

/** Source of all sizes: EC2 developer guide, "Request throttling for the Amazon EC2 API", as of 2026. */
const sizes = {
  reads: { capacity: 100, perSecond: 20 },
  wideReads: { capacity: 50, perSecond: 10 },
  changes: { capacity: 50, perSecond: 5 },
} as const satisfies Record<string, BucketSize>;

const sizeOfAction: Readonly<Record<string, BucketSize>> = {
  RunInstances: { capacity: 5, perSecond: 2 },
  StartInstances: { capacity: 5, perSecond: 2 },
  TerminateInstances: { capacity: 100, perSecond: 5 },
  CreateTags: { capacity: 100, perSecond: 10 },
  DeleteTags: { capacity: 100, perSecond: 10 },
};

const cheaperWithFilter = ['DescribeInstances', 'DescribeInstanceStatus', 'DescribeSecurityGroups'];

/**
 * Limits the rate of each action by a token bucket, with the sizes that EC2 documents. Refuses a call that finds its
 * bucket empty with `RequestLimitExceeded`, HTTP 503. `nowMs` is the clock that fills the buckets.
 */
export function withRequestBuckets(answer: AnswerCall, nowMs: () => number): AnswerCall {
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  function take(call: Ec2Call): boolean {
    const { key, size } = bucketOf(call);
    const atMs = nowMs();
    const known = buckets.get(key) ?? { tokens: size.capacity, atMs };
    const tokens = Math.min(size.capacity, known.tokens + ((atMs - known.atMs) / 1_000) * size.perSecond);
    buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, atMs });
    return tokens >= 1;
  }

  return async (call) => {
    if (take(call)) return answer(call);
    const message = `Request limit exceeded: ${call.action} exceeded its request rate limit.`;
    return ec2Refusal(503, 'RequestLimitExceeded', message);
  };
}

function bucketOf({ action, form }: Ec2Call): { readonly key: string; readonly size: BucketSize } {
  const isNarrow = [...(form ?? [])].some(([name]) => /^(Filter\.|MaxResults$|NextToken$)/.test(name));
  if (cheaperWithFilter.includes(action) && !isNarrow) return { key: `${action}, wide`, size: sizes.wideReads };
  const own = Object.hasOwn(sizeOfAction, action) ? sizeOfAction[action] : undefined;
  return { key: action, size: own ?? (isRead(action) ? sizes.reads : sizes.changes) };
}
