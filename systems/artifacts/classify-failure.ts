import type { FailureType } from '../../model/failures.js';
import { classifyEc2Failure, type Ec2Failure } from '../ec2/classify-failure.js';

/** Codes that S3 has and EC2 has not. Source: the S3 API reference, "Error responses". */
const byCode: Readonly<Record<string, FailureType>> = {
  InvalidAccessKeyId: 'AwsDenied',
  AccountProblem: 'AwsDenied',
  AllAccessDisabled: 'AwsDenied',
  InvalidToken: 'AwsDenied',
  RequestTimeTooSkewed: 'AwsDenied',
  OperationAborted: 'AwsUnavailable',
  ConditionalRequestConflict: 'AwsUnavailable',
};

/** The row of the failure table for a failed call to S3: as for EC2, where both have the code. */
export function classifyS3Failure(failure: Ec2Failure): FailureType {
  const known = Object.hasOwn(byCode, failure.code) ? byCode[failure.code] : undefined;
  return known ?? classifyEc2Failure(failure);
}

/** Somebody was first: there is an object under the key, or one is just being written. */
export function isThereAlready({ code, status }: Ec2Failure): boolean {
  return code === 'PreconditionFailed' || code === 'ConditionalRequestConflict' || status === 412;
}
