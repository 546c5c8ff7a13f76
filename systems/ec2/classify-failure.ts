import type { FailureType } from '../../model/failures.js';

/** What is known of a failed call: a code of EC2, or the name or errno of an error of the SDK or of the network. */
export interface Ec2Failure {
  readonly code: string;
  readonly message: string;
  /** HTTP status; `undefined` when there was no answer. */
  readonly status?: number;
}

/** Codes that say by themselves what to do. Source: the EC2 API reference, "Error codes". */
const byCode: Readonly<Record<string, FailureType>> = {
  RequestLimitExceeded: 'AwsThrottled',
  RequestThrottled: 'AwsThrottled',
  RequestThrottledException: 'AwsThrottled',
  EC2ThrottledException: 'AwsThrottled',
  SlowDown: 'AwsThrottled',

  InternalError: 'AwsUnavailable',
  InternalFailure: 'AwsUnavailable',
  ServiceUnavailable: 'AwsUnavailable',
  Unavailable: 'AwsUnavailable',
  RequestTimeout: 'AwsUnavailable',
  TimeoutError: 'AwsUnavailable',
  NetworkingError: 'AwsUnavailable',
  ECONNRESET: 'AwsUnavailable',
  ECONNREFUSED: 'AwsUnavailable',
  ETIMEDOUT: 'AwsUnavailable',
  EPIPE: 'AwsUnavailable',
  ENOTFOUND: 'AwsUnavailable',
  EAI_AGAIN: 'AwsUnavailable',
  EHOSTUNREACH: 'AwsUnavailable',
  ENETUNREACH: 'AwsUnavailable',
  // blockers of a removal go away by themselves within minutes
  DependencyViolation: 'AwsUnavailable',
  DeleteConflict: 'AwsUnavailable',
  IncorrectState: 'AwsUnavailable',

  InsufficientInstanceCapacity: 'AwsCapacity',
  InsufficientHostCapacity: 'AwsCapacity',
  InsufficientCapacity: 'AwsCapacity',
  InsufficientFreeAddressesInSubnet: 'AwsCapacity',
  Unsupported: 'AwsCapacity',
  MaxSpotInstanceCountExceeded: 'AwsCapacity',
  SpotMaxPriceTooLow: 'AwsCapacity',

  UnauthorizedOperation: 'AwsDenied',
  AuthFailure: 'AwsDenied',
  AccessDenied: 'AwsDenied',
  AccessDeniedException: 'AwsDenied',
  ExpiredToken: 'AwsDenied',
  ExpiredTokenException: 'AwsDenied',
  RequestExpired: 'AwsDenied',
  InvalidClientTokenId: 'AwsDenied',
  UnrecognizedClientException: 'AwsDenied',
  SignatureDoesNotMatch: 'AwsDenied',
  MissingAuthenticationToken: 'AwsDenied',
  CredentialsProviderError: 'AwsDenied',
  TokenProviderError: 'AwsDenied',
  PendingVerification: 'AwsDenied',
  OptInRequired: 'AwsDenied',
  Blocked: 'AwsDenied',

  IdempotentInstanceTerminated: 'InstanceGone',
  IdempotentParameterMismatch: 'Unexpected',
};

/** EC2 wants these to be tried again: a new instance profile is not seen everywhere at once. */
const profileNotYetSeen = /Invalid IAM Instance Profile (name|ARN)|has no associated IAM Roles/i;

/** The row of the failure table for a failed call to EC2. */
export function classifyEc2Failure(failure: Ec2Failure): FailureType {
  const known = Object.hasOwn(byCode, failure.code) ? byCode[failure.code] : undefined;
  if (known !== undefined) return known;
  if (failure.code.startsWith('Throttl')) return 'AwsThrottled';
  if (failure.code.endsWith('LimitExceeded')) return 'AwsQuota';
  if (failure.code === 'InvalidParameterValue' && profileNotYetSeen.test(failure.message)) return 'AwsUnavailable';
  if (failure.status === undefined) return 'Unexpected';
  if (failure.status === 429) return 'AwsThrottled';
  return failure.status >= 500 ? 'AwsUnavailable' : 'AwsRefused';
}

/** A thing that was just made may not be seen by the next call for a while: EC2 is eventually consistent. */
export function isNotFound(code: string): boolean {
  return /^Invalid(InstanceID|Group|SubnetID|VpcID|RouteTableID|InternetGatewayID)\.NotFound$/.test(code);
}

/** What is asked for is there already; whether it is ours and equal must be looked at. */
export function isAlreadyThere(code: string): boolean {
  return (
    code.endsWith('.Duplicate') ||
    code === 'RouteAlreadyExists' ||
    code === 'Resource.AlreadyAssociated' ||
    code === 'InvalidSubnet.Conflict'
  );
}
