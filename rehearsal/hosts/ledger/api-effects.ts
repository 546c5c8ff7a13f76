import { textAt } from '../../../model/json/json-value.js';
import { createNoChangeCheck, isApply, managerOf } from './audit-change.js';
import type { AuditEvent } from './audit-event.js';
import { nodeInCertificateRequest } from '../certificate-request.js';
import { createLostAnswers, isLost } from './lost-answers.js';

/** One change of an object by a person, by our worker, or by a kubelet that registers itself. */
export interface ApiEffect {
  /** Time of the request, ISO 8601. */
  readonly time: string;
  /** The API's verb; `apply` for a server-side apply; the part's name for a request to `scale` or `eviction`. */
  readonly effect: string;
  /** `apiVersion/kind/namespace/name`; the plural name where the log has never named the kind. */
  readonly key: string;
  /** Of effects on a Node, and of the certificate request with which a kubelet joins. */
  readonly node?: string;
  /** Field manager, else program. */
  readonly by: string;
  /** The API server's id of the request. */
  readonly audit: string;
}

/** Tells effects from what else is in an audit log. */
export interface ApiEffects {
  /**
   * The effects that one request shows: its own, and before it that of an earlier one whose answer was lost. Wants the log in
   * order: it remembers what came before.
   */
  of(event: AuditEvent): readonly ApiEffect[];
}

/** Kinds of what the policy logs without bodies. */
const kindsWithoutBody = [
  ['v1/nodes', 'Node'],
  ['v1/secrets', 'Secret'],
  ['certificates.k8s.io/v1/certificatesigningrequests', 'CertificateSigningRequest'],
] as const;
const writes = ['create', 'update', 'patch', 'delete', 'deletecollection'];
/** Parts of an object by which a person changes it. Others (status, tokens, exec) change nothing that is wanted. */
const effectiveParts = ['scale', 'eviction'];
const passing = ['events', 'leases', 'tokenreviews', 'subjectaccessreviews', 'selfsubjectaccessreviews'];

/** Makes an `ApiEffects` that has seen nothing yet. */
export function createApiEffects(): ApiEffects {
  const changedNothing = createNoChangeCheck();
  const lostAnswers = createLostAnswers();
  const kinds = new Map<string, string>(kindsWithoutBody);
  return {
    of(event) {
      learnKind(kinds, event);
      if (!isWrite(event) || !isCounted(event)) return [];
      if (isLost(event)) {
        lostAnswers.keep(event);
        return [];
      }
      const changed = event.responseStatus.code < 300 && !changedNothing(event);
      const earlier = lostAnswers.shownBy(event, changed);
      const effective = [...(earlier === undefined ? [] : [earlier]), ...(changed ? [event] : [])];
      return effective.map((one) => effectOf(one, kinds));
    },
  };
}

function effectOf(event: AuditEvent, kinds: ReadonlyMap<string, string>): ApiEffect {
  const { resource, subresource } = event.objectRef;
  const kind = kinds.get(pluralOf(event)) ?? resource;
  const name = event.objectRef.name ?? textAt(event.responseObject, 'metadata', 'name') ?? '';
  // the API server says of most requests for a Namespace that they are in it
  const namespace = kind === 'Namespace' ? '' : (event.objectRef.namespace ?? '');
  const node = kind === 'Node' ? name : nodeInCertificateRequest(event.requestObject);
  return {
    time: new Date(event.requestReceivedTimestamp).toISOString(),
    effect: subresource ?? (isApply(event) ? 'apply' : event.verb),
    key: `${apiVersionOf(event)}/${kind}/${namespace}/${name}`,
    ...(node === undefined ? {} : { node }),
    by: managerOf(event),
    audit: event.auditID,
  };
}

/** A write of something that stays; not one that was only tried. */
function isWrite({ verb, requestURI, objectRef }: AuditEvent): boolean {
  const { resource, subresource, name = '' } = objectRef;
  if (!writes.includes(verb) || new URLSearchParams(requestURI.split('?')[1]).has('dryRun')) return false;
  if (subresource !== undefined && !effectiveParts.includes(subresource)) return false;
  return !passing.includes(resource) && !(resource === 'secrets' && name.startsWith('bootstrap-token-'));
}

/** Of Kubernetes' own users only a kubelet counts: when it asks to be let in, and when it registers its Node. */
function isCounted({ verb, user, objectRef }: AuditEvent): boolean {
  if (!user.username.startsWith('system:')) return true;
  if (verb !== 'create') return false;
  if (user.groups.includes('system:bootstrappers')) return objectRef.resource === 'certificatesigningrequests';
  return user.username.startsWith('system:node:') && objectRef.resource === 'nodes';
}

/** A body names the kind; requests without one get it from there. */
function learnKind(kinds: Map<string, string>, event: AuditEvent): void {
  const named = textAt(event.responseObject, 'kind');
  const whole = event.objectRef.subresource === undefined;
  if (named !== undefined && named !== 'Status' && whole) kinds.set(pluralOf(event), named);
}

function pluralOf(event: AuditEvent): string {
  return `${apiVersionOf(event)}/${event.objectRef.resource}`;
}

function apiVersionOf({ objectRef: { apiGroup, apiVersion } }: AuditEvent): string {
  return apiGroup === undefined || apiGroup === '' ? apiVersion : `${apiGroup}/${apiVersion}`;
}
