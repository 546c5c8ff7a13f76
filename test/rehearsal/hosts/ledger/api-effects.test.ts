import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApiEffects, type ApiEffect } from '../../../../rehearsal/hosts/ledger/api-effects.js';
import { parseAuditLine, type AuditEvent } from '../../../../rehearsal/hosts/ledger/audit-event.js';
import { mustRun } from '../../../../systems/process.js';
import { aDeployment, anAuditEvent, lineOf } from '../audit-lines.js';

function effectsOf(...events: readonly AuditEvent[]): readonly ApiEffect[] {
  const effects = createApiEffects();
  return events.flatMap((event) => {
    const parsed = parseAuditLine(lineOf(event));
    expect(parsed).toBeDefined();
    return parsed === undefined ? [] : effects.of(parsed);
  });
}

const kubelet = { username: 'system:node:k8s-redis', groups: ['system:nodes', 'system:authenticated'] };
const bootstrapper = {
  username: 'system:bootstrap:abcdef',
  groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'],
};
const nodes = { resource: 'nodes', apiGroup: '', namespace: undefined, name: 'k8s-redis' };
const requests = {
  resource: 'certificatesigningrequests',
  apiGroup: 'certificates.k8s.io',
  namespace: undefined,
  name: undefined,
};

describe('createApiEffects', () => {
  it('tells an apply by verb, object, field manager and request', () => {
    const event = anAuditEvent({ code: 201, second: 10.25 });

    expect(effectsOf(event)).toEqual([
      {
        time: '2026-11-25T22:00:10.250Z',
        effect: 'apply',
        key: 'apps/v1/Deployment/api/auth',
        by: 'groundswell',
        audit: event.auditID,
      },
    ]);
  });

  it('leaves out an apply that changed nothing: its field manager has set nothing since', () => {
    const later = { responseObject: aDeployment({ managedAtSecond: 10, version: '140' }), second: 40 };

    expect(effectsOf(anAuditEvent({ code: 201 }), anAuditEvent(later))).toHaveLength(1);
    expect(effectsOf(anAuditEvent(later))).toEqual([]);
  });

  it('leaves out the same apply within the same second, and keeps one that says something else', () => {
    const applied = (image: string): AuditEvent =>
      anAuditEvent({
        second: 10.9,
        requestObject: aDeployment({ image }),
        responseObject: aDeployment({ image, managedAtSecond: 10 }),
      });

    expect(effectsOf(applied('a:1'), applied('a:1'), applied('a:2'), applied('a:1'))).toHaveLength(3);
  });

  it('counts every apply of what the log has no content of', () => {
    const secret = anAuditEvent({
      objectRef: { resource: 'secrets', apiGroup: '', name: 'password' },
      requestObject: undefined,
      responseObject: undefined,
    });

    const effects = effectsOf(secret, { ...secret, auditID: 'again' });

    expect(effects.map(({ effect, key }) => [effect, key])).toEqual([
      ['apply', 'v1/Secret/api/password'],
      ['apply', 'v1/Secret/api/password'],
    ]);
  });

  it('leaves out a dry run, a refusal, and what is only read', () => {
    const dry = '/apis/apps/v1/namespaces/api/deployments/auth?dryRun=All&fieldManager=groundswell&force=false';

    expect(
      effectsOf(
        anAuditEvent({ requestURI: dry, code: 201 }),
        anAuditEvent({ code: 409 }),
        anAuditEvent({ verb: 'get' }),
      ),
    ).toEqual([]);
  });

  it('tells a patch by the version that it tested: the same version means that nothing changed', () => {
    const patch = (version: string): AuditEvent =>
      anAuditEvent({
        objectRef: nodes,
        requestURI: '/api/v1/nodes/k8s-redis?fieldManager=groundswell-nodes&fieldValidation=Strict',
        requestObject: [{ op: 'test', path: '/metadata/resourceVersion', value: version }],
        responseObject: { kind: 'Node', metadata: { name: 'k8s-redis', resourceVersion: '100' } },
      });

    expect(effectsOf(patch('100'), patch('99'))).toMatchObject([
      { effect: 'patch', key: 'v1/Node//k8s-redis', node: 'k8s-redis', by: 'groundswell-nodes' },
    ]);
  });

  it('leaves out an update that came out as it was read, and an empty patch', () => {
    const before = { kind: 'Deployment', metadata: { name: 'auth', resourceVersion: '100' } };
    const uri = { requestURI: '/apis/apps/v1/namespaces/api/deployments/auth' };
    const update = { ...uri, verb: 'update', requestObject: before };

    expect(
      effectsOf(anAuditEvent({ ...update, responseObject: before }), anAuditEvent({ ...uri, requestObject: {} })),
    ).toEqual([]);
    expect(effectsOf(anAuditEvent({ ...update, responseObject: aDeployment({ version: '101' }) }))).toHaveLength(1);
  });

  it('counts the Node that a kubelet registers, and nothing else that nodes do', () => {
    const registered = { verb: 'create', objectRef: nodes, user: kubelet, userAgent: 'kubelet/v1.36.3 (linux/amd64)' };
    const uri = { requestURI: '/api/v1/nodes', requestObject: undefined, responseObject: undefined };

    expect(
      effectsOf(
        anAuditEvent({ ...registered, ...uri, code: 201 }),
        anAuditEvent({ ...registered, ...uri, code: 409 }),
        anAuditEvent({ ...registered, verb: 'patch' }),
        anAuditEvent({ ...registered, objectRef: { resource: 'pods', apiGroup: '' }, code: 201 }),
      ),
    ).toMatchObject([{ effect: 'create', key: 'v1/Node//k8s-redis', node: 'k8s-redis', by: 'kubelet' }]);
  });

  it('names the node for which a kubelet asks to be let in, and leaves out the renewals of later', async () => {
    const asked = {
      verb: 'create',
      objectRef: requests,
      requestURI: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      requestObject: {
        kind: 'CertificateSigningRequest',
        spec: { request: await aRequestFor('system:node:k8s-redis') },
      },
      // a kubelet leaves the name to the API server
      responseObject: { kind: 'CertificateSigningRequest', metadata: { name: 'csr-x9k2p' } },
      code: 201,
    };

    expect(
      effectsOf(anAuditEvent({ ...asked, user: bootstrapper }), anAuditEvent({ ...asked, user: kubelet })),
    ).toMatchObject([
      { effect: 'create', key: 'certificates.k8s.io/v1/CertificateSigningRequest//csr-x9k2p', node: 'k8s-redis' },
    ]);
  });

  it('counts a registration whose answer was lost once the kubelet hears that its Node is there', () => {
    const registered = {
      verb: 'create',
      objectRef: nodes,
      user: kubelet,
      userAgent: 'kubelet/v1.36.3',
      requestURI: '/api/v1/nodes',
    };
    const body = { requestObject: undefined, responseObject: undefined };
    const lost = anAuditEvent({ ...registered, ...body, code: 504 });
    const again = anAuditEvent({ ...registered, ...body, code: 409 });
    const made = anAuditEvent({ ...registered, ...body, code: 201 });

    expect(effectsOf(lost)).toEqual([]);
    expect(effectsOf(lost, again, again)).toMatchObject([{ effect: 'create', node: 'k8s-redis', audit: lost.auditID }]);
    expect(effectsOf(lost, made, again)).toMatchObject([{ effect: 'create', audit: made.auditID }]);
  });

  it('counts an apply whose answer was lost once the next one finds everything done, and one of the two otherwise', () => {
    const lost = anAuditEvent({ second: 10.2, code: 504, responseObject: { kind: 'Status' } });
    const next = (managedAtSecond: number, second: number): AuditEvent =>
      anAuditEvent({ second, responseObject: aDeployment({ managedAtSecond }) });
    const [done, notDone, within, foreign] = [next(11, 40), next(40, 40), next(10, 10.8), next(5, 40)];

    expect(effectsOf(lost, done, done).map(({ audit }) => audit)).toEqual([lost.auditID]);
    expect(effectsOf(lost, notDone).map(({ audit }) => audit)).toEqual([notDone.auditID]);
    expect(effectsOf(lost, within)).toHaveLength(1);
    expect(effectsOf(lost, foreign)).toEqual([]);
  });

  it('leaves out controllers, leases, events, status, and tokens of joins', () => {
    const created = { verb: 'create', code: 201 };
    const controller = { username: 'system:serviceaccount:kube-flannel:flannel', groups: [] };

    expect(
      effectsOf(
        anAuditEvent({ ...created, user: controller }),
        anAuditEvent({ ...created, objectRef: { resource: 'leases', apiGroup: 'coordination.k8s.io' } }),
        anAuditEvent({ ...created, objectRef: { resource: 'events', apiGroup: '' } }),
        anAuditEvent({ objectRef: { subresource: 'status' } }),
        anAuditEvent({ ...created, objectRef: { resource: 'serviceaccounts', apiGroup: '', subresource: 'token' } }),
        anAuditEvent({ ...created, objectRef: { resource: 'secrets', apiGroup: '', name: 'bootstrap-token-abcdef' } }),
      ),
    ).toEqual([]);
  });

  it('knows the kind of what is deleted from what it saw before, else says the plural', () => {
    const deleted = {
      verb: 'delete',
      requestObject: undefined,
      responseObject: { kind: 'Status' },
      userAgent: 'kubectl/v1.36.3',
    };
    const uri = { requestURI: '/apis/apps/v1/namespaces/api/deployments/auth' };

    expect(effectsOf(anAuditEvent(), anAuditEvent({ ...deleted, ...uri }))[1]).toMatchObject({
      effect: 'delete',
      key: 'apps/v1/Deployment/api/auth',
      by: 'kubectl',
    });
    expect(effectsOf(anAuditEvent({ ...deleted, ...uri }))[0]?.key).toBe('apps/v1/deployments/api/auth');
  });
});

/** A certificate request as a kubelet makes it, by openssl: `spec.request`. */
async function aRequestFor(name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-request-'));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(dir, 'key')];
  const pem = await mustRun('openssl', ['req', '-new', ...key, '-subj', `/O=system:nodes/CN=${name}`]);
  await rm(dir, { recursive: true });
  return Buffer.from(pem).toString('base64');
}
