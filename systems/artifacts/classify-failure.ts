import type { FailureType } from '../../model/failures.js';
import { classifyEc2Failure, type Ec2Failure } from '../ec2/classify-failure.js';

/** Codes that only S3 has, not EC2. Source: the S3 API reference, "Error responses". */
const byCode: Readonly<Record<string, FailureType>> = {
  InvalidAccessKeyId: 'AwsDenied',
  AccountProblem: 'AwsDenied',
  AllAccessDisabled: 'AwsDenied',
  InvalidToken: 'AwsDenied',
  RequestTimeTooSkewed: 'AwsDenied',
  OperationAborted: 'AwsUnavailable',
  ConditionalRequestConflict: 'AwsUnavailable',
};

/** The row of the failure table for a failed call to S3. A code that EC2 has too gets the same row as for EC2. */
export function classifyS3Failure(failure: Ec2Failure): FailureType {
  const known = Object.hasOwn(byCode, failure.code) ? byCode[failure.code] : undefined;
  return known ?? classifyEc2Failure(failure);
}

/** Whether another writer was first: an object has the key, or another write of it is under way. */
export function isThereAlready({ code, status }: Ec2Failure): boolean {
  return code === 'PreconditionFailed' || code === 'ConditionalRequestConflict' || status === 412;
}
