import { createHash } from 'node:crypto';
import { canonicalJson } from '../../model/canonical-json.js';
import type { RunInstanceRequest } from './ec2.js';

/**
 * ClientToken of one launch (62 ASCII characters, EC2 allows 64): the same for every attempt to launch this generation
 * of the node in this subnet with this type. The token contains the zone by name and by subnet, because EC2 keeps
 * tokens per zone. The same token in another zone would buy a second machine. It does not contain image, disk and
 * user-data: if they changed under the same generation, EC2 refuses (`IdempotentParameterMismatch`) and buys nothing.
 */
export function instanceToken(
  launch: Pick<RunInstanceRequest, 'cluster' | 'node' | 'generation' | 'zone' | 'type' | 'subnetId'>,
): string {
  const { cluster, node, generation, zone, type, subnetId } = launch;
  const text = canonicalJson({ cluster, node, generation, zone, type, subnetId });
  return `groundswell-${createHash('sha256').update(text).digest('hex').slice(0, 50)}`;
}
