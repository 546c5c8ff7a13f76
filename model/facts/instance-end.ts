import type { InstanceFact } from './facts.js';
import type { FailureType } from '../failures.js';

/**
 * The row of the failure table for an instance that ended. A launch can fail after RunInstances answered well: the
 * instance goes from pending to terminated, and only its StateReason tells why.
 * Source: the EC2 user guide, "Troubleshoot instance launch issues".
 */
export function instanceEnd(reason: InstanceFact['stateReason']): FailureType {
  const code = reason?.code ?? '';
  if (code === 'Server.InsufficientInstanceCapacity') return 'AwsCapacity';
  if (/^Client\.\w*LimitExceeded$/.test(code)) return 'AwsQuota';
  // Client.InternalError is most often an encryption key that the launch may not use
  if (code === 'Client.InternalError' || code === 'Client.InvalidSnapshot.NotFound') return 'AwsRefused';
  return 'InstanceGone';
}
