import type { AuditEvent } from '../../../rehearsal/hosts/ledger/audit-event.js';

type Fields = Partial<Omit<AuditEvent, 'objectRef'>> & {
  readonly objectRef?: Partial<AuditEvent['objectRef']>;
  /** Default 200. */
  readonly code?: number;
  /** Second of the minute in which the request came, with fractions. Default 10. */
  readonly second?: number;
};

let requests = 0;

/** An audit event as kube-apiserver writes it, of a request with an id of its own. Default: our worker applies a Deployment. */
export function anAuditEvent({ objectRef, code = 200, second = 10, ...fields }: Fields = {}): AuditEvent {
  return {
    auditID: `request-${String((requests += 1))}`,
    stage: 'ResponseComplete',
    verb: 'patch',
    requestURI:
      '/apis/apps/v1/namespaces/api/deployments/auth?fieldManager=groundswell&fieldValidation=Strict&force=false',
    user: { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] },
    userAgent: 'node',
    objectRef: {
      resource: 'deployments',
      namespace: 'api',
      name: 'auth',
      apiGroup: 'apps',
      apiVersion: 'v1',
      ...objectRef,
    },
    responseStatus: { code },
    requestObject: aDeployment({}),
    responseObject: aDeployment({ managedAtSecond: 10 }),
    requestReceivedTimestamp: minute(second),
    ...fields,
  };
}

/** A Deployment as a request has it; with `managedAtSecond` as an answer has it. */
export function aDeployment({ managedAtSecond, version = '100', image = 'a:1' }: DeploymentFields): unknown {
  const managed = { manager: 'groundswell', operation: 'Apply', apiVersion: 'apps/v1' };
  const answered = (second: number): unknown => ({
    uid: 'u1',
    resourceVersion: version,
    managedFields: [{ ...managed, time: `2026-11-25T22:00:${String(second).padStart(2, '0')}Z` }],
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'auth',
      namespace: 'api',
      ...Object(managedAtSecond === undefined ? {} : answered(managedAtSecond)),
    },
    spec: { template: { spec: { containers: [{ name: 'auth', image }] } } },
  };
}

interface DeploymentFields {
  readonly managedAtSecond?: number;
  readonly version?: string;
  readonly image?: string;
}

/** A line of the log. */
export function lineOf(event: AuditEvent): string {
  return `${JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'RequestResponse', ...event })}\n`;
}

function minute(second: number): string {
  return `2026-11-25T22:00:${second.toFixed(6).padStart(9, '0')}Z`;
}
