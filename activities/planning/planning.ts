import { Context } from '@temporalio/activity';
import type { Connection } from '@temporalio/client';
import { computePlan } from '../../model/planner/compute-plan.js';
import { instanceOf } from '../../model/facts/node-instance.js';
import { planTearDown } from '../../model/planner/plan-tear-down.js';
import { parseSpec } from '../../model/spec/parse-spec.js';
import { movedSteps } from '../../model/plan/moved-steps.js';
import type { ClusterFacts } from '../../model/facts/facts.js';
import type { Plan, PlanBody } from '../../model/plan/plan.js';
import { refusedLaunches } from '../../model/planner/refused-launches.js';
import { refusedChanges } from '../../model/planner/refused-changes.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { Ansible } from '../../systems/ansible/ansible.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { Ec2Catalog, Ec2Compute, Ec2Network } from '../../systems/ec2/ec2.js';
import type { KubernetesAccess } from '../../systems/kubernetes/kubernetes.js';
import type { Specs } from '../../systems/specs/specs.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { LoadedSpec, MakePlanInput, PlanReference, PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { heldBy } from './held-by.js';
import { observeCluster } from './observe-cluster.js';
import { planBody } from '../plan-body.js';
import { skeletonOf } from '../../model/plan/plan-skeleton.js';
import { currentWishes } from './plan-wishes.js';
import { lookUpOffers } from './look-up-offers.js';
import { putJson, readJson } from '../read-json.js';
import { preparedDigest } from '../hosts/prepared-digest.js';
import { renderUnits, type UnitRendering } from '../units/render-units.js';
import { secretToRecord } from './secret-to-record.js';
import type { UnitSecretsDependencies } from '../units/unit-secrets.js';
import { withHeartbeat } from '../with-heartbeat.js';
import type { WorldLockDependencies } from '../lock/world-lock.js';

export type PlanningActivities = ReturnType<typeof createPlanningActivities>;

export interface PlanningDependencies extends UnitSecretsDependencies, WorldLockDependencies {
  /** The region that this worker's EC2 systems work in. */
  readonly region: string;
  readonly specs: Specs;
  readonly artifacts: Artifacts;
  readonly ec2Network: Ec2Network;
  readonly ec2Compute: Ec2Compute;
  readonly ec2Catalog: Ec2Catalog;
  readonly kubernetesAccess: KubernetesAccess;
  readonly ssh: Ssh;
  readonly ansible: Ansible;
  readonly identity: HostIdentity;
  /** Hash function for digests: hexadecimal SHA-256 of a text. */
  readonly digest: (text: string) => string;
  /** Names of the search attributes that workflows set. */
  readonly searchAttributes: readonly string[];
}

interface SpecArtifact {
  readonly spec: ClusterSpec;
  readonly folder: string;
}

/** Spec → facts → plan. */
export function createPlanningActivities(dependencies: PlanningDependencies) {
  const { specs, artifacts, digest } = dependencies;
  return {
    /**
     * Reads and checks a spec. Fails with `SpecInvalid`, all problems in its message, or `InputInvalid`.
     *
     * Repeat: safe; it only reads.
     */
    async loadSpec({ spec: path }: { readonly spec?: string }): Promise<LoadedSpec> {
      const file = await specs.read(path);
      const parsed = parseSpec(file.text, file.path);
      if (!parsed.ok) {
        throw new RolloutError('SpecInvalid', parsed.problems.map((problem) => problem.message).join('\n'));
      }
      const { cluster, approval, region } = parsed.spec;
      if (region !== dependencies.region) {
        throw new RolloutError(
          'InputInvalid',
          `spec ${file.path}: region ${region}, but this worker works in ${dependencies.region}; start a worker with a default spec in ${region}`,
        );
      }
      const content: SpecArtifact = { spec: parsed.spec, folder: file.folder };
      return { cluster, approval, artifact: await putJson(artifacts, content) };
    },

    /**
     * Observes the world and computes the plan. The body of the plan goes to the artifact store. Its skeleton goes into
     * the history, with the differences from the replaced plan. Fails with `ChangeRefused` when the spec changes a
     * value that a cluster keeps. Fails with `SpecInvalid` when the spec names types or zones that EC2 does not have,
     * or that do not fit.
     *
     * Repeat: safe; it only looks, and stores by content.
     */
    async makePlan({ artifact, before, onlyLooks = false, ...asked }: MakePlanInput): Promise<PlanSkeleton> {
      return withHeartbeat(async (options) => {
        const { spec, folder } = await readJson<SpecArtifact>(artifacts, artifact);
        const renderings = onlyLooks
          ? await renderUnits(dependencies, { spec, folder })
          : await rendered(dependencies, { spec, folder }, options);
        const units = renderings.map(({ planned }) => planned);
        const whole = renderings.map((rendering) => rendering.whole);
        const seen = await observeCluster(dependencies, spec, options, whole);
        const facts = { ...seen, offers: await lookUpOffers(dependencies.ec2Catalog, spec, options) };
        const holder = await heldBy(dependencies, spec.cluster, options);
        const refused = refusedChanges(spec, facts);
        if (refused.length > 0)
          throw new RolloutError('ChangeRefused', `cluster ${spec.cluster}: ${refused.join('; ')}`);
        const unlaunchable = refusedLaunches(spec, facts);
        if (unlaunchable.length > 0) throw new RolloutError('SpecInvalid', unlaunchable.join('\n'));
        const preparedDigests = await preparedDigestsOf(dependencies, spec);
        const earlier = before === undefined ? 'none' : ((await earlierPlan(artifacts, before)) ?? 'unread');
        const wishes = currentWishes(asked, { spec, earlier, generations: generationsOf(spec, facts) });
        const computed = computePlan({ spec, facts, units, preparedDigests, wishes, digest });
        const plan = holder === undefined ? computed : { ...computed, heldBy: holder };
        const body: PlanBody = { plan, spec, units, folder, prepared: preparedDigests };
        const skeleton = skeletonOf(plan, await putJson(artifacts, body));
        return typeof earlier === 'string' ? skeleton : { ...skeleton, moved: movedSteps(earlier, plan) };
      });
    },

    /**
     * Looks at EC2, and nowhere else, and computes the plan that ends the cluster. Fails as EC2 fails.
     *
     * Repeat: safe; it only looks, and stores by content.
     */
    async planTearDown({ artifact, before }: MakePlanInput): Promise<PlanSkeleton> {
      return withHeartbeat(async (options) => {
        const { spec, folder } = await readJson<SpecArtifact>(artifacts, artifact);
        const owner = { cluster: spec.cluster };
        const [account, network, instances] = await Promise.all([
          dependencies.ec2Compute.account(options),
          dependencies.ec2Network.describeNetwork(owner, options),
          dependencies.ec2Compute.describeInstances(owner, options),
        ]);
        const vpc = network.vpcId === undefined ? {} : { vpcId: network.vpcId };
        const residue = await dependencies.ec2Network.describeResidue({ ...owner, ...vpc }, options);
        const computed = planTearDown({ spec, facts: { account, network, instances }, residue, digest });
        const holder = await heldBy(dependencies, spec.cluster, options);
        const plan = holder === undefined ? computed : { ...computed, heldBy: holder };
        const skeleton = skeletonOf(plan, await putJson(artifacts, { plan, spec, units: [], folder }));
        const earlier = before === undefined ? undefined : await earlierPlan(artifacts, before);
        return earlier === undefined ? skeleton : { ...skeleton, moved: movedSteps(earlier, plan) };
      });
    },

    /**
     * Makes sure that a plan is the recorded one. Fails with `PlanMissing` otherwise.
     *
     * Repeat: safe; it only reads.
     */
    async confirmPlan({ plan }: { readonly plan: PlanReference }): Promise<void> {
      const body = await planBody(artifacts, plan).catch(planMissing);
      if (body.plan.digest === plan.digest && body.plan.cluster === plan.cluster) return;
      throw new RolloutError(
        'PlanMissing',
        `plan ${plan.digest}: expected under ${plan.artifact}, found ${body.plan.digest}`,
      );
    },

    /**
     * The search attributes of ours that the server knows; the others are left out of every run.
     *
     * Repeat: safe; it only looks.
     */
    async knownSearchAttributes(): Promise<readonly string[]> {
      const { connection, options } = Context.current().client;
      if (!hasOperatorService(connection)) return [];
      try {
        const known = await connection.operatorService.listSearchAttributes({ namespace: options.namespace });
        return dependencies.searchAttributes.filter((name) => known.customAttributes[name] !== undefined);
      } catch {
        return []; // a server without an operator service: it goes on without search attributes
      }
    },
  };
}

/** Values of Secrets are compared by the worker secret: where a new cluster has such units, it is made now. */
async function rendered(
  dependencies: PlanningDependencies,
  artifact: SpecArtifact,
  options: CallOptions,
): Promise<readonly UnitRendering[]> {
  try {
    return await renderUnits(dependencies, artifact);
  } catch (error) {
    if (!(error instanceof RolloutError) || error.type !== 'WorkerSecretMissing') throw error;
    await secretToRecord(dependencies, artifact.spec, options);
    return renderUnits(dependencies, artifact);
  }
}

function generationsOf({ nodes }: ClusterSpec, { instances }: ClusterFacts): ReadonlyMap<string, number> {
  return new Map(
    nodes.flatMap(({ name }) => {
      const { live } = instanceOf(name, instances);
      return live === undefined ? [] : [[name, live.generation]];
    }),
  );
}

/** At the start of a run nobody has proved yet that the plan was ever made. */
function planMissing(error: unknown): never {
  if (!(error instanceof RolloutError) || error.type !== 'ArtifactMissing') throw error;
  throw new RolloutError('PlanMissing', error.message, { cause: error });
}

function hasOperatorService(connection: object): connection is Pick<Connection, 'operatorService'> {
  return 'operatorService' in connection;
}

async function preparedDigestsOf(
  dependencies: PlanningDependencies,
  spec: ClusterSpec,
): Promise<Record<string, string>> {
  const content = await dependencies.ansible.contentDigest();
  return Object.fromEntries(
    spec.nodes.map((node) => [node.name, preparedDigest({ spec, node, content, digest: dependencies.digest })]),
  );
}

/** `undefined` when it cannot be read: then nobody is told what moved, and the new plan is looked at as a whole. */
async function earlierPlan(artifacts: Artifacts, reference: PlanReference): Promise<Plan | undefined> {
  try {
    return (await planBody(artifacts, reference)).plan;
  } catch (error) {
    if (error instanceof RolloutError) return undefined;
    throw error;
  }
}
