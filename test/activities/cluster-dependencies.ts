import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ClusterFacts } from '../../model/facts/facts.js';
import type { PlanBody, PlannedNode, PlannedUnit } from '../../model/plan/plan.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { UnitSecretsDependencies } from '../../activities/units/unit-secrets.js';
import type { VerificationDependencies } from '../../activities/verification.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import { anInstance, aPlan, sha256 } from '../builders.js';

/** What activities that talk to Kubernetes need, around a cluster whose API is already there. */
export interface ClusterUnderTest {
  readonly dependencies: VerificationDependencies & UnitSecretsDependencies;
  readonly plan: PlanReference;
  readonly body: PlanBody;
  node(name: string): PlannedNode;
  unit(name: string): PlannedUnit;
}

/** A planned cluster with a running control plane; `kubernetes` is asked for at each connection. */
export function aClusterUnderTest(input: {
  readonly spec: ClusterSpec;
  readonly units?: readonly RenderedUnit[];
  readonly kubernetes: () => Kubernetes | undefined;
  readonly instances?: ClusterFacts['instances'];
  /** Folder of the spec, where Secrets of units are read again. Default: the plan has them whole. */
  readonly folder?: string;
}): ClusterUnderTest {
  const { spec, units = [] } = input;
  const prepared = Object.fromEntries(spec.nodes.map(({ name }) => [name, sha256(`what ${name} is prepared with`)]));
  const folder = input.folder === undefined ? {} : { folder: input.folder };
  const body: PlanBody = { plan: aPlan({ spec, units }), spec, units, prepared, ...folder };
  const text = JSON.stringify(body);
  const reference = `sha256:${sha256(text)}`;
  const instances = input.instances ?? spec.nodes.map(({ name }) => anInstance({ node: name }));
  const dependencies: ClusterUnderTest['dependencies'] = {
    artifacts: { get: () => Promise.resolve(text), put: () => Promise.resolve(reference) },
    ansible: { contentDigest: () => Promise.resolve('roles-1'), runPlaybook: outOfScope },
    digest: sha256,
    secretDigest: (text) => sha256(`a key of the test ${text}`),
    manifests: { render: outOfScope },
    identity: createHostIdentity('a secret of the test'),
    ec2Compute: {
      account: outOfScope,
      resolveImage: outOfScope,
      describeInstances: () => Promise.resolve(instances),
      runInstance: outOfScope,
      describeKeyPair: outOfScope,
      importKeyPair: outOfScope,
      terminateInstance: outOfScope,
    },
    // hosts say nothing here: what is asked of them is unknown
    ssh: {
      answers: () => Promise.resolve(true),
      connect: outOfScope,
      run: () => Promise.resolve({ exitCode: 1, stdout: '', stderr: '' }),
    },
    kubernetesAccess: { connect: () => Promise.resolve(input.kubernetes()), kubeconfig: outOfScope },
  };
  return {
    dependencies,
    body,
    plan: { cluster: spec.cluster, digest: body.plan.digest, artifact: reference },
    node: (name) => ({ name, role: 'worker', generation: 1, op: 'create', data: [] }),
    unit: (name) => {
      const rendered = units.find((unit) => unit.name === name);
      return { name, wave: rendered?.wave ?? 0, op: 'create', digest: rendered?.digest ?? '', nodes: [] };
    },
  };
}

function outOfScope(): never {
  throw new Error('this test has no business there');
}

/** Runs one activity as a worker does; its failures are the test's business and are not logged. */
export function runActivity<I, O>(
  activity: (input: I) => Promise<O>,
  input: I,
  on: MockActivityEnvironment = anEnvironment(),
): Promise<O> {
  return on.run(activity, input);
}

/** Where an activity runs that is to be cancelled. */
export function anEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) });
}
