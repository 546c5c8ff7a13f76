import type { ClusterSpec } from '../model/spec/spec.js';
import { awsActions } from '../systems/aws-actions.js';
import { tagNames } from '../systems/ec2/ownership-tags.js';
import type { ArtifactPlace } from './artifact-store.js';

/** A policy document of AWS IAM, of the form that we print. */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}

/**
 * The smallest policy with which a worker rolls a cluster out, changes it, and tears it down. It allows EC2 in the region of
 * the cluster only, and ends only things with the tag of the cluster. A bucket of artifacts is allowed by its prefix.
 */
export function iamPolicy(
  { cluster, region }: Pick<ClusterSpec, 'cluster' | 'region'>,
  artifacts: ArtifactPlace,
): IamPolicy {
  const here = { 'aws:RequestedRegion': region };
  const ours = { [`aws:ResourceTag/${tagNames.cluster}`]: cluster };
  return {
    Version: '2012-10-17',
    Statement: [
      { ...allowed('Read', 'ec2', awsActions.ec2Reads), Resource: '*', Condition: { StringEquals: here } },
      { ...allowed('MakeAndChange', 'ec2', awsActions.ec2Changes), Resource: '*', Condition: { StringEquals: here } },
      {
        ...allowed('EndWhatIsOurs', 'ec2', awsActions.ec2Ends),
        ...{ Resource: '*', Condition: { StringEquals: { ...here, ...ours } } },
      },
      { ...allowed('NameTheAccount', 'sts', awsActions.sts), Resource: '*' },
      ...(artifacts.kind === 'bucket' ? ofBucket(artifacts, region) : []),
    ],
  };
}

function ofBucket(
  { bucket, prefix, connection }: Extract<ArtifactPlace, { kind: 'bucket' }>,
  region: string,
): readonly IamStatement[] {
  // another store that speaks S3 has permissions of its own
  if (connection.endpoint !== undefined) return [];
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  return [
    { ...allowed('KeepArtifacts', 's3', awsActions.s3Objects), Resource: `${arn}/${prefix}*` },
    { ...allowed('SeeMissingArtifacts', 's3', awsActions.s3Bucket), Resource: arn },
  ];
}

function allowed(
  what: string,
  service: string,
  actions: readonly string[],
): Pick<IamStatement, 'Sid' | 'Effect' | 'Action'> {
  return { Sid: `Groundswell${what}`, Effect: 'Allow', Action: actions.map((action) => `${service}:${action}`) };
}

/** The first part of an ARN after `arn:`. Source: AWS, "Amazon Resource Names": China and GovCloud have their own. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
