import { describe, expect, it } from 'vitest';
import type { Ec2Offers, InstanceTypeFact } from '../../../model/facts/ec2-offers.js';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { refusedLaunches } from '../../../model/plan/refused-launches.js';
import { anInstance, aNode, aPlan, aSpec, someFacts } from '../../builders.js';

const zones = ['ap-northeast-2a', 'ap-northeast-2c'];

function aType(name: string, fields: Partial<InstanceTypeFact> = {}): InstanceTypeFact {
  return { name, architectures: ['x86_64'], vcpus: 2, memoryMiB: 8_192, zones, ...fields };
}

const types = [
  aType('t3.large'),
  aType('t3.micro', { memoryMiB: 1_024 }),
  aType('t4g.small', { architectures: ['arm64'] }),
  aType('m1.small', { memoryMiB: 1_740, vcpus: 1, zones: ['ap-northeast-2c'] }),
];
const offers: Ec2Offers = { types, zones, typeNames: ['t3.large', 't3.micro', 't3.small'] };
const image = { id: 'ami-1', name: 'ubuntu-amd64', architecture: 'x86_64' };
const master = aNode({ name: 'k8s-master', role: 'control-plane', instanceTypes: ['t3.large'] });

function refused(nodes: Parameters<typeof aNode>[0][], facts: Partial<ClusterFacts> = {}): readonly string[] {
  const spec = aSpec({ nodes: [master, ...nodes.map(aNode)] });
  return refusedLaunches(spec, someFacts({ image, offers, ...facts }));
}

describe('refusedLaunches', () => {
  it('has nothing against types and zones that EC2 has, whatever is only the second choice', () => {
    expect(refused([{ name: 'a', instanceTypes: ['t3.micro', 't3.large'] }])).toEqual([]);
  });

  it('names a type that EC2 does not have, the nodes that want it, and the one that was meant', () => {
    const instanceTypes = ['t3.mircro'];

    expect(refused([{ name: 'a', instanceTypes }])).toEqual([
      'node a: expected an instance type that EC2 has in ap-northeast-2, found t3.mircro; did you mean t3.micro?',
    ]);
    expect(
      refused(['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, instanceTypes: ['t3.micro', 'q9.none'] }))),
    ).toEqual(['nodes a, b, c and 2 more: expected an instance type that EC2 has in ap-northeast-2, found q9.none']);
  });

  it('names a type for another processor than that of the image', () => {
    expect(refused([{ name: 'a', instanceTypes: ['t4g.small'] }])).toEqual([
      'node a: expected a type for x86_64, as image ami-1 (ubuntu-amd64) is, found t4g.small, which EC2 says is arm64',
    ]);
    expect(refused([{ name: 'a', instanceTypes: ['t4g.small'] }], { image: { id: 'ami-1', name: 'x' } })).toEqual([]);
  });

  it('names nodes none of whose types is offered in their zones, and where they are', () => {
    expect(refused([{ name: 'a', instanceTypes: ['m1.small'], zones: ['ap-northeast-2a'] }])).toEqual([
      'node a: expected m1.small in ap-northeast-2a; of the zones of ap-northeast-2, EC2 has m1.small in ap-northeast-2c',
    ]);
    expect(refused([{ name: 'a', instanceTypes: ['m1.small', 't3.micro'], zones: ['ap-northeast-2a'] }])).toEqual([]);
  });

  it('names a control plane that is too small for kubeadm by what EC2 says of its type', () => {
    const spec = aSpec({ nodes: [{ ...master, instanceTypes: ['m1.small'], zones }] });
    const facts = someFacts({ image, offers });

    expect(refusedLaunches(spec, facts)).toEqual([
      'node k8s-master: kubeadm expects 1,700 MiB and 2 vCPUs for the control plane, ' +
        'found m1.small with 1740 MiB and 1 vCPU',
    ]);
    const kubernetes = { ...spec.kubernetes, ignorePreflightErrors: ['NumCPU'] };
    expect(refusedLaunches({ ...spec, kubernetes }, facts)).toEqual([]);
  });

  it('names a zone that EC2 does not have, as long as there is no subnet in it', () => {
    const spec = aSpec({ nodes: [master] });
    const subnets = [{ zone: 'ap-northeast-2x', cidr: '10.20.0.0/20' }];
    const other = { ...spec, network: { ...spec.network, subnets } };

    expect(refusedLaunches(other, someFacts({ image, offers }))).toEqual([
      'network.subnets: expected one of ap-northeast-2a, ap-northeast-2c (did you mean ap-northeast-2a?); ' +
        'EC2 has no zone ap-northeast-2x in ap-northeast-2',
    ]);
    const network = { subnets: [{ zone: 'ap-northeast-2x', cidr: '10.20.0.0/20', id: 'subnet-1' }] };
    expect(refusedLaunches(other, someFacts({ image, offers, network }))).toEqual([]);
  });

  it('leaves a node alone that runs: its plan says what EC2 does not have', () => {
    const node = aNode({ name: 'a', instanceTypes: ['t3.micro', 'm1.gone'] });
    const spec = aSpec({ nodes: [master, node] });
    const facts = someFacts({ image, offers, instances: [anInstance({ node: 'a' })] });

    expect(refusedLaunches(spec, facts)).toEqual([]);
    expect(aPlan({ spec, facts }).steps.find(({ step }) => step === 'node/a/instance')?.note).toContain(
      'EC2 has no type m1.gone in ap-northeast-2',
    );
  });

  it('refuses nothing that could not be asked for: the plan says once that it is unknown', () => {
    const unknown = 'DescribeInstanceTypes: UnauthorizedOperation: you may not';
    const facts = someFacts({ image, offers: { types: { unknown }, zones } });
    const spec = aSpec({ nodes: [master, aNode({ name: 'a', instanceTypes: ['q9.none'] })] });

    expect(refusedLaunches(spec, facts)).toEqual([]);
    const notes = aPlan({ spec, facts }).steps.flatMap(({ step, note }) =>
      note === undefined ? [] : [{ step, note }],
    );
    expect(notes).toEqual([
      {
        step: 'node/k8s-master/instance',
        note: `it is unknown whether EC2 has the types and zones of the spec: ${unknown}`,
      },
    ]);
  });
});
