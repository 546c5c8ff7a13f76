import { withDependencies, withLateInterfaces } from './dependencies.js';
import { withoutDefaultVpc } from './default-vpc.js';
import { withEmptyPages } from './empty-pages.js';
import { withForgottenInstances, type Memory } from './forgotten-instances.js';
import { withLateAttachments, withLateNames } from './late-names.js';
import { withLateRemovals } from './late-removals.js';
import type { AnswerCall } from './named-things.js';
import { withRequestBuckets } from './request-buckets.js';
import { withStaleReads } from './stale-reads.js';

/**
 * The differences between AWS and an EC2 that is consistent, endless and remembers everything. Each is off when it is
 * absent. What takes its time is counted in calls or answers, or goes by a clock that is given: never by the speed of
 * the machine.
 */
export interface Unkindness {
  /** Ended instances lose their tags, and vanish later. Source: EC2 user guide, "Terminate Amazon EC2 instances". */
  readonly forgetEnded?: Memory;
  /**
   * So many calls of each action that name what was just made are refused: `InvalidGatewayID.NotFound` and its like.
   * Source: EC2 developer guide, "Eventual consistency in the Amazon EC2 API".
   */
  readonly lateNames?: number;
  /**
   * So many routes through a gateway that was just attached are refused: both "belong to different networks".
   * Source: giantswarm/aws-operator #611 and #632.
   */
  readonly lateAttachments?: number;
  /**
   * So many answers show a thing as it was before it was made or changed. Source: EC2 developer guide, "Eventual consistency
   * in the Amazon EC2 API"; hashicorp/terraform-provider-aws #8029.
   */
  readonly staleReads?: number;
  /** So many answers show a thing that is gone as it was. Source: EC2 developer guide, "Eventual consistency in the Amazon EC2 API". */
  readonly lateRemovals?: number;
  /** What is in use is not deleted: `DependencyViolation`. Source: VPC user guide, "Delete your VPC". */
  readonly dependencies?: boolean;
  /**
   * So many deletions of a subnet or a group are refused after the last instance in it has ended: its network interface goes
   * later. Source: hashicorp/terraform-provider-aws #1671.
   */
  readonly lateInterfaces?: number;
  /** The clock in ms of the token buckets. Source: EC2 developer guide, "Request throttling for the Amazon EC2 API". */
  readonly bucketClock?: () => number;
  /** First pages are empty, with a token. Sources: boto/boto3 #2888; amazon-archives/aws-sdk-core-ruby #196. */
  readonly emptyPages?: boolean;
  /** The account has no default VPC. Source: VPC user guide, "Delete your default subnets and default VPC". */
  readonly noDefaultVpc?: boolean;
}

/** Everything at once. The buckets fill with the time that passes. */
export function asUnkindAsAws(): Required<Unkindness> {
  return {
    forgetEnded: { tagsForAnswers: 12, entryForAnswers: 24 },
    lateNames: 1,
    lateAttachments: 1,
    staleReads: 2,
    lateRemovals: 2,
    dependencies: true,
    lateInterfaces: 1,
    bucketClock: () => performance.now(),
    emptyPages: true,
    noDefaultVpc: true,
  };
}

/** The unkindness of AWS around what answers calls; calls of other services than EC2 pass. */
export function beUnkind(
  { answer, send }: { readonly answer: AnswerCall; readonly send: AnswerCall },
  unkindness: Unkindness,
): AnswerCall {
  const { forgetEnded, lateNames, lateAttachments, staleReads, bucketClock, emptyPages, noDefaultVpc } = unkindness;
  const { lateRemovals, dependencies, lateInterfaces } = unkindness;
  let unkind = answer;
  if (dependencies === true) unkind = withDependencies(unkind);
  if (lateInterfaces !== undefined) unkind = withLateInterfaces(unkind, lateInterfaces);
  if (forgetEnded !== undefined) unkind = withForgottenInstances(unkind, forgetEnded);
  if (staleReads !== undefined) unkind = withStaleReads(unkind, staleReads);
  if (lateRemovals !== undefined) unkind = withLateRemovals(unkind, lateRemovals);
  if (emptyPages === true) unkind = withEmptyPages(unkind);
  if (lateAttachments !== undefined) unkind = withLateAttachments(unkind, lateAttachments);
  if (lateNames !== undefined) unkind = withLateNames(unkind, lateNames);
  if (bucketClock !== undefined) unkind = withRequestBuckets(unkind, bucketClock);
  if (noDefaultVpc === true) unkind = withoutDefaultVpc(unkind, send);
  return (call) => (call.form === undefined ? answer(call) : unkind(call));
}
