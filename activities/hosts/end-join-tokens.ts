import { textAt } from '../../model/json-value.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { nodeFieldManager } from '../nodes.js';

/** How `groundswell-host mint-token` describes a token. */
const ofJoins = 'groundswell: join of ';

/**
 * Ends every bootstrap token that was minted for a join. A join that ends revokes its own token. Without this function,
 * the token of a lost attempt would stay valid for half an hour. The token cleaner of Kubernetes removes them.
 */
export async function endJoinTokens(kubernetes: Kubernetes, options: CallOptions): Promise<void> {
  const type = { fieldSelector: 'type=bootstrap.kubernetes.io/token' };
  const secrets = await kubernetes.list(
    { apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system', ...type },
    options,
  );
  const now = Buffer.from(new Date().toISOString()).toString('base64');
  for (const secret of secrets) {
    const description = Buffer.from(textAt(secret, 'data', 'description') ?? '', 'base64').toString('utf8');
    if (!description.startsWith(ofJoins)) continue;
    const end = [{ op: 'add', path: '/data/expiration', value: now }] as const;
    await kubernetes.patch(referenceOf(secret), end, { ...options, fieldManager: nodeFieldManager });
  }
}
