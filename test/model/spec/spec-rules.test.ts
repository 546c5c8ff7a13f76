import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { draftOf } from '../../../model/spec/spec-draft.js';
import { ruleViolations } from '../../../model/spec/spec-rules.js';
import { pathText } from '../../../model/spec/spec-problem.js';

const valid: Readonly<Record<string, unknown>> = parse(
  readFileSync(join(import.meta.dirname, '../../../examples/one-node.yaml'), 'utf8'),
);
const master = { name: 'k8s-master', role: 'control-plane', instanceTypes: ['t3.medium'] };

/** What the rules say of the one-node example with some fields changed. The broken examples show each rule at work. */
function violations(fields: Readonly<Record<string, unknown>>): readonly string[] {
  return ruleViolations(draftOf({ ...valid, ...fields })).map(
    ({ path, found, expected }) => `${pathText(path)}: ${found} / ${expected}`,
  );
}

describe('ruleViolations', () => {
  it('allows labels that are made for users, and those of other projects', () => {
    const labels = { 'node-restriction.kubernetes.io/team': 'a', 'example.com/kubernetes.io': 'b', plain: 'c' };

    expect(violations({ nodes: [{ ...master, labels }] })).toEqual([]);
  });

  it.each(['kubernetes.io/hostname', 'node-role.kubernetes.io/worker', 'x.k8s.io/y', 'a.groundswell.dev/b'])(
    'reserves the label %s',
    (label) => {
      expect(violations({ nodes: [{ ...master, labels: { [label]: 'x' } }] })).toHaveLength(1);
    },
  );

  it('allows one folder of manifests in two namespaces', () => {
    const unit = { name: 'a', wave: 0, namespace: 'one', manifests: 'units/a' };

    expect(violations({ units: [unit, { ...unit, name: 'b', namespace: 'two' }] })).toEqual([]);
    expect(violations({ units: [unit, { ...unit, name: 'b' }] })).toHaveLength(1);
  });

  it('allows a mirror whose address says no version', () => {
    const kubernetes = valid['kubernetes'];
    const packages = { repository: 'https://mirror.example.com/deb/', trusted: true };

    expect(violations({ kubernetes: Object.assign({}, kubernetes, { packages }) })).toEqual([]);
  });

  it('allows a taint key with two effects', () => {
    const taints = [
      { key: 'dedicated', effect: 'NoSchedule' },
      { key: 'dedicated', effect: 'NoExecute' },
    ];

    expect(violations({ nodes: [{ ...master, taints }] })).toEqual([]);
  });

  it('refuses a taint that is also a start-up taint, by the group too', () => {
    const taints = [{ key: 'dedicated', effect: 'NoSchedule' }];
    const expected = 'dedicated:NoSchedule again / each key and effect once';

    expect(violations({ nodes: [{ ...master, taints, startupTaints: taints }] })).toEqual([
      `nodes[0].startupTaints[0]: ${expected}`,
    ]);
    expect(
      violations({ nodeGroups: { a: { startupTaints: taints } }, nodes: [{ ...master, group: 'a', taints }] }),
    ).toEqual([`nodes[0].taints[0]: ${expected}`]);
  });

  it('says that there are no groups when a node names one', () => {
    expect(violations({ nodes: [{ ...master, group: 'api' }] })).toEqual([
      'nodes[0].group: the unknown group "api" / no group, as nodeGroups has none',
    ]);
  });

  it('finds fault with a group once, not with its nodes again', () => {
    const nodes = [master, { name: 'k8s-a', group: 'api' }, { name: 'k8s-b', group: 'api' }];

    expect(violations({ nodes, nodeGroups: { api: { instanceTypes: 't3.micro' } } })).toEqual([]);
    expect(violations({ nodes, nodeGroups: { api: {} } })).toHaveLength(2);
  });

  it('does not take a group for known because every object has a property of its name', () => {
    expect(violations({ nodes: [{ ...master, group: 'constructor' }], nodeGroups: { api: {} } })).toHaveLength(1);
  });

  it('misses no control plane while a node is invalid: it may be that one', () => {
    expect(violations({ nodes: [{ name: 'k8s-a', instanceTypes: ['t3.micro'] }, { name: 'k8s_master' }] })).toEqual([]);
  });

  it('still sees what valid parts tell beside invalid ones', () => {
    expect(violations({ network: 'none', kubernetes: 7, nodes: [master, master, { name: '?' }] })).toEqual([
      'nodes[1].name: k8s-master again / a name of its own; nodes[0] has this one',
      'nodes[1].role: a second control plane / exactly one, which is k8s-master; a later version will allow several',
    ]);
  });

  it('wants a /24 of the range of pods for each node: the 257th would never become Ready', () => {
    const network = { vpcCidr: '10.20.0.0/16', subnets: [{ zone: 'ap-northeast-2a', cidr: '10.20.0.0/20' }] };
    const nodes = Array.from({ length: 257 }, (_, index) => ({ ...master, name: `k8s-${index}`, role: 'worker' }));
    const pods = (podCidr: string, count: number) =>
      violations({ network: { ...network, podCidr }, nodes: [master, ...nodes.slice(0, count - 1)] });

    expect(pods('10.244.0.0/16', 256)).toEqual([]);
    expect(pods('10.244.0.0/16', 257)).toEqual([
      'network.podCidr: 10.244.0.0/16, which has 256 / a /24 for each of 257 nodes: a range of /15 or larger',
    ]);
    expect(pods('10.244.0.0/25', 1)).toHaveLength(1);
  });

  it('wants an address for each node in the subnets, without the five that AWS keeps of each', () => {
    const network = (prefix: number) => ({
      vpcCidr: '10.20.0.0/16',
      subnets: [{ zone: 'ap-northeast-2a', cidr: `10.20.0.0/${prefix}` }],
    });
    const nodes = [
      master,
      ...Array.from({ length: 11 }, (_, index) => ({ ...master, name: `k8s-${index}`, role: 'worker' })),
    ];

    expect(violations({ network: network(28), nodes: nodes.slice(0, 11) })).toEqual([]);
    expect(violations({ network: network(28), nodes })).toEqual([
      'network.subnets: room for 11 nodes / room for all 12; AWS keeps five addresses of each subnet',
    ]);
  });

  it.each(['t3.micro', 't2.nano', 't2.small', 'm6g.medium'])('wants more for a control plane than %s', (type) => {
    expect(violations({ nodes: [{ ...master, instanceTypes: ['t3.medium', type] }] })).toContain(
      `nodes[0].instanceTypes[1]: ${type} for the control plane / ` +
        'a type with 1,700 MB and 2 vCPUs or more, such as t3.small, as kubeadm wants',
    );
  });

  it.each(['t3.small', 't4g.medium', 'm7i.large'])('takes %s for a control plane', (type) => {
    const image = { ami: 'ami-0123456789abcdef0' };
    expect(violations({ image, nodes: [{ ...master, instanceTypes: [type] }] })).toEqual([]);
  });

  it('finds a control plane that is too small by its group', () => {
    const [node] = [{ name: 'k8s-master', role: 'control-plane', group: 'small' }];
    expect(violations({ nodeGroups: { small: { instanceTypes: ['t3.micro'] } }, nodes: [node] })).toEqual([
      expect.stringContaining('nodeGroups.small.instanceTypes[0]: t3.micro for the control plane'),
    ]);
  });

  it.each([
    ['ubuntu-noble-24.04-amd64-server-*', 't4g.large', 'arm64', 'amd64'],
    ['debian-12-arm64-*', 'g4dn.xlarge', 'amd64', 'arm64'],
  ])('does not put the image %s on %s', (name, type, found, wanted) => {
    const image = { owner: '099720109477', name };
    expect(violations({ image, nodes: [{ ...master, instanceTypes: [type] }] })).toEqual([
      `nodes[0].instanceTypes[0]: ${type}, which is ${found} / a type for ${wanted}, as image.name says`,
    ]);
  });

  it.each(['localhost', 'api.localhost', 'api..internal', `${'a'.repeat(64)}.internal`, 'api-.internal'])(
    'refuses the endpoint %s',
    (controlPlaneEndpoint) => {
      expect(violations({ controlPlaneEndpoint })).toHaveLength(1);
    },
  );

  it.each(['root', 'a b', 'Admin', '-x', 'a'.repeat(33)])('refuses the user %s', (user) => {
    const access = { user, key: { env: 'KEY' }, allowedCidrs: ['198.51.100.0/24'] };
    expect(violations({ access })).toEqual([expect.stringMatching(/^access\.user: /)]);
  });

  it('wants packages that are signed, and https, unless trusted: true says otherwise', () => {
    const kubernetes = (packages: object) => ({
      ...{ version: '1.36.3', cniManifest: 'https://example.com/flannel.yml' },
      packages,
    });
    const said = (packages: object) => violations({ kubernetes: kubernetes(packages) });

    expect(said({ repository: 'https://example.com/' })).toEqual([
      'kubernetes.packages: no keyring / keyring: <address of the signing key>, or trusted: true for unsigned packages',
    ]);
    expect(said({ repository: 'http://example.com/', keyring: 'http://example.com/key' })).toHaveLength(2);
    expect(said({ repository: 'http://example.com/', trusted: true })).toEqual([]);
    const signed = { repository: 'https://example.com/', keyring: 'https://example.com/key' };
    expect(said(signed)).toEqual([]);
    const plain = { ...kubernetes(signed), cniManifest: 'http://example.com/flannel.yml' };
    expect(violations({ kubernetes: plain })).toEqual([expect.stringMatching(/^kubernetes\.cniManifest: /)]);
    expect(violations({ kubernetes: { ...plain, cniManifestSha256: 'a'.repeat(64) } })).toEqual([]);
  });

  it('says nothing of a document that is no map', () => {
    for (const document of [null, 'text', [], 7]) expect(ruleViolations(draftOf(document))).toEqual([]);
  });
});
