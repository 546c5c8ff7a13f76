import type { FailureType } from '../../model/failures.js';

/** The facts of a failed call: a code of EC2, or the name or errno of an error of the SDK or of the network. */
export interface Ec2Failure {
  readonly code: string;
  readonly message: string;
  /** HTTP status; `undefined` when there was no answer. */
  readonly status?: number;
}

/** Codes that alone decide the row. Source: the EC2 API reference, "Error codes". */
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
  // blockers of a removal disappear by themselves within minutes
  DependencyViolation: 'AwsUnavailable',
  DeleteConflict: 'AwsUnavailable',
  IncorrectState: 'AwsUnavailable',

  InsufficientInstanceCapacity: 'AwsCapacity',
  InsufficientHostCapacity: 'AwsCapacity',
  InsufficientCapacity: 'AwsCapacity',
  InsufficientFreeAddressesInSubnet: 'AwsCapacity',
  InsufficientAddressCapacity: 'AwsCapacity',
  ResourceCountExceeded: 'AwsQuota',
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
  CredentialsProviderError: 'AwsCredentialsMissing',
  TokenProviderError: 'AwsCredentialsMissing',
  PendingVerification: 'AwsDenied',
  OptInRequired: 'AwsDenied',
  Blocked: 'AwsDenied',

  // EC2 remembers a token longer than the instance, and also the token of a refused launch
  IdempotentInstanceTerminated: 'LaunchTokenUsed',
  IdempotentParameterMismatch: 'LaunchTokenUsed',
};

/** A later try may succeed, because EC2 does not see a new instance profile everywhere at once. */
const profileNotYetSeen = /Invalid IAM Instance Profile (name|ARN)|has no associated IAM Roles/i;

/**
 * Codes of an error on the way: an errno, or a word of TLS for a certificate, a proxy or a clock. None comes from AWS itself.
 * Source: Node.js documentation, "Common system errors" and "X509 certificate error codes".
 */
const onTheWay = /^(E[A-Z_]+|ERR_(TLS|SSL)_.+|.*CERT.*|SELF_SIGNED_.+|UNABLE_TO_.+|CRL_.+|HOSTNAME_MISMATCH)$/;

const ofTls = /CERT|^ERR_(TLS|SSL)_|^SELF_SIGNED_|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH$/;

/**
 * Whether a call failed because there was no TLS connection: because of its certificate, or because the other side
 * speaks no TLS.
 */
export function isTlsFailure({ code, message, status }: Ec2Failure): boolean {
  return status === undefined && (ofTls.test(code) || (code === 'EPROTO' && /ssl|tls/i.test(message)));
}

/** The row of the failure table for a failed call to EC2. */
export function classifyEc2Failure(failure: Ec2Failure): FailureType {
  const known = Object.hasOwn(byCode, failure.code) ? byCode[failure.code] : undefined;
  if (known !== undefined) return known;
  if (failure.code.startsWith('Throttl')) return 'AwsThrottled';
  if (failure.code.endsWith('LimitExceeded')) return 'AwsQuota';
  if (failure.code === 'InvalidParameterValue' && profileNotYetSeen.test(failure.message)) return 'AwsUnavailable';
  if (isNotSeenYet(failure)) return 'AwsUnavailable';
  if (failure.status === undefined) return onTheWay.test(failure.code) ? 'AwsUnavailable' : 'Unexpected';
  if (failure.status === 429) return 'AwsThrottled';
  return failure.status >= 500 ? 'AwsUnavailable' : 'AwsRefused';
}

/** Codes for things that a person names in the spec, and that no earlier step of ours made. */
const fromTheSpec: readonly string[] = ['InvalidAMIID.NotFound', 'InvalidInstanceType.NotFound'];
const notYetAttached = /belong to different networks/;

/**
 * Whether a refusal may only mean that this call does not see a new or newly attached thing yet: EC2 is eventually
 * consistent. Sources: EC2 API reference, "Eventual consistency". Seen at CreateRoute after AttachInternetGateway:
 * `InvalidGatewayID.NotFound`, `Gateway.NotAttached` and that both "belong to different networks".
 */
export function isNotSeenYet({ code, message }: Pick<Ec2Failure, 'code' | 'message'>): boolean {
  if (code.endsWith('.NotFound')) return !fromTheSpec.includes(code);
  return code === 'Gateway.NotAttached' || (code === 'InvalidParameterValue' && notYetAttached.test(message));
}

/** Whether the thing to remove does not exist any more. */
export function isGone(code: string): boolean {
  return code.endsWith('.NotFound');
}

/** What is to be removed is used by something else. Source: EC2 API reference, "Error codes". */
export function isInUse(code: string): boolean {
  return code === 'DependencyViolation' || code === 'InvalidGroup.InUse' || code === 'DeleteConflict';
}

/** Whether the thing to make exists already. The caller must check whether it is ours and equal. */
export function isAlreadyThere(code: string): boolean {
  return (
    code.endsWith('.Duplicate') ||
    code === 'RouteAlreadyExists' ||
    code === 'Resource.AlreadyAssociated' ||
    code === 'InvalidSubnet.Conflict'
  );
}
