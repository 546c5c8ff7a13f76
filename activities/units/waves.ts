import { unitStep } from '../../model/steps.js';
import { canonicalJson } from '../../model/canonical-json.js';
import { gateSentence, judgedText } from '../../model/gate/gate-sentence.js';
import { type KubernetesObject, objectTitle } from '../../model/kubernetes/kubernetes-object.js';
import { doneForGood, newlyComplete, passingJobs } from '../../model/kubernetes/passing-job.js';
import type { PlannedUnit } from '../../model/plan/plan.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { RolloutError } from '../../model/rollout-error.js';
import {
  heldMark,
  inventoryAfter,
  inventoryBefore,
  inventoryConfigMap,
  namespaceObject,
  seenCompleteMark,
  systemNamespace,
  unitLabel,
  type UnitInventory,
} from '../../model/kubernetes/unit-inventory.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import { applyObjects, completionFieldManager, gateFieldManager, unitFieldManager } from './apply-objects.js';
import { type ClusterConnectionDependencies, connectToCluster } from '../cluster-connection.js';
import { type JudgedObject, openObjects, readInventory } from './judge-unit.js';
import { planBody } from '../plan-body.js';
import type { Pace } from '../../systems/wait-until.js';
import { pollCluster } from '../poll-cluster.js';
import { type UnitSecretsDependencies, withSecretValues } from './unit-secrets.js';
import { withHeartbeat, type Progress } from '../with-heartbeat.js';

export type WaveActivities = ReturnType<typeof createWaveActivities>;

export interface WaveDependencies extends ClusterConnectionDependencies, UnitSecretsDependencies {
  readonly artifacts: Artifacts;
  /** Hash function for digests: hexadecimal SHA-256 of a text. */
  readonly digest: (text: string) => string;
}

interface UnitInput {
  readonly plan: PlanReference;
  readonly unit: PlannedUnit;
}

interface GateInput extends UnitInput {
  /** Nodes that the run goes on without: pods of DaemonSets there are not waited for. Default: none. */
  readonly skippedNodes?: readonly string[];
}

export interface GatePace extends Pace {
  /** The gate must hold this long: a controller that has not looked yet leaves a moment of calm. */
  readonly settleMs: number;
}

/** 10 minutes is what a Deployment gives itself by default (progressDeadlineSeconds 600). */
export const gatePace: GatePace = { everyMs: 1_500, deadlineMs: 10 * 60_000, settleMs: 2_000 };

/** What is done to the units of a wave. */
export function createWaveActivities(dependencies: WaveDependencies, pace: GatePace = gatePace) {
  return {
    /**
     * Applies the objects of a unit by server-side apply without force. Writes the inventory first, so that no new
     * object can be lost. The inventory calls the unit applied only after all objects are applied. A Job that was seen
     * complete and went by its ttl is not made again while its manifest is the same. Values of Secrets are read from
     * the manifests, because no plan has them.
     * Fails with `FieldConflict` or `KubernetesRefused`, every refused object named, `KubernetesUnavailable`, or
     * `PlanStale` when a Secret in the manifests is not the planned one.
     *
     * Repeat: safe; applying the same objects changes nothing, two at a time write the same.
     */
    async applyUnit({ plan, unit }: UnitInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const body = await planBody(dependencies.artifacts, plan);
        const rendered = body.units.find(({ name }) => name === unit.name);
        if (rendered === undefined) {
          throw new RolloutError('PlanMissing', `plan ${plan.digest}: the plan has no objects of unit ${unit.name}`);
        }
        const whole = await withSecretValues(dependencies, body, rendered);
        const kubernetes = await connectToCluster(dependencies, body, options);
        return applyRendered({ kubernetes, digest: dependencies.digest }, whole, options);
      }, about(unit));
    },

    /**
     * Waits until every object of a unit is ready and stays so for a moment. Judges the objects of this apply only
     * (uid, generation). Then records in the inventory that the gate held. Says all the time what it waits for. Fails
     * with `UnitFailed` when an object cannot heal. Fails with `UnitNotReady` after 10 minutes or when its apply did
     * not end. Fails with `PlanStale` when the unit in the cluster is not the planned one.
     *
     * Repeat: safe; it looks, and records the same again.
     */
    async waitForUnit({ plan, unit, skippedNodes }: GateInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const body = await planBody(dependencies.artifacts, plan);
        const gate = createGate({ unit, leftOut: new Set(skippedNodes) }, pace.settleMs);
        const outcome = await pollCluster({
          connect: () => connectToCluster(dependencies, body, options),
          pace,
          options,
          look: async (kubernetes) => {
            const look = await gate(kubernetes, options);
            if ('done' in look) await kubernetes.apply(heldMark(unit.name, unit.digest), gateOwned(options));
            return look;
          },
        });
        if ('done' in outcome) return { changed: false };
        const message = `unit ${unit.name}: not ready after ${Math.round(pace.deadlineMs / 1_000)} s: ${outcome.waitsFor}`;
        throw new RolloutError('UnitNotReady', message);
      }, about(unit));
    },
  };
}

/** Units of a wave are at work side by side. */
function about({ wave, name }: PlannedUnit): Pick<Progress, 'step'> {
  return { step: unitStep(wave, name) };
}

async function applyRendered(
  { kubernetes, digest }: { readonly kubernetes: Kubernetes } & Pick<WaveDependencies, 'digest'>,
  unit: RenderedUnit,
  options: CallOptions,
): Promise<{ readonly changed: boolean }> {
  const owned = { ...options, fieldManager: unitFieldManager };
  for (const namespace of namespacesOf(unit)) await ensureNamespace(kubernetes, namespace, options);
  const previous = await readInventory(kubernetes, unit.name, options);
  const before = inventoryBefore(previous, unit);
  if (previous?.heldDigest !== undefined && previous.heldDigest !== unit.digest) {
    await kubernetes.apply(heldMark(unit.name, undefined), gateOwned(options));
  }
  if (previous?.appliedDigest !== unit.digest) await kubernetes.apply(inventoryConfigMap(before), owned);
  const passing = passingJobs(unit.objects, (object) => digest(canonicalJson(object)));
  const left = await withoutDoneJobs(kubernetes, { unit, done: doneForGood(previous, passing) }, options);
  const outcomes = await applyObjects(kubernetes, left, options);
  const applied = { digest: unit.digest, objects: outcomes.map(({ object }) => object), passing };
  const { changed } = await kubernetes.apply(inventoryConfigMap(inventoryAfter(before, applied)), owned);
  return { changed: changed || outcomes.some((outcome) => outcome.changed) };
}

/** One that a unit brings stays as that unit applies it: our own apply of less would take its labels off. */
async function ensureNamespace(kubernetes: Kubernetes, name: string, options: CallOptions): Promise<void> {
  const namespace = namespaceObject(name);
  const live = await kubernetes.get(referenceOf(namespace), options);
  if (live?.metadata.labels?.[unitLabel] !== undefined) return;
  await kubernetes.apply(namespace, { ...options, fieldManager: unitFieldManager });
}

/** A unit without the Jobs that are done for good and gone: to apply one again would be to run it again. */
async function withoutDoneJobs(
  kubernetes: Kubernetes,
  { unit, done }: { readonly unit: RenderedUnit; readonly done: readonly string[] },
  options: CallOptions,
): Promise<RenderedUnit> {
  const isLeft = async (object: KubernetesObject): Promise<boolean> => {
    const reference = referenceOf(object);
    return !done.includes(objectTitle(reference)) || (await kubernetes.get(reference, options)) !== undefined;
  };
  const left = await Promise.all(unit.objects.map(isLeft));
  return { ...unit, objects: unit.objects.filter((_, at) => left[at]) };
}

function gateOwned(options: CallOptions): CallOptions & { readonly fieldManager: string } {
  return { ...options, fieldManager: gateFieldManager };
}

/** Looks once; remembers between looks since when the gate holds and which pods could not run at the last one. */
function createGate(
  { unit, leftOut }: { readonly unit: PlannedUnit; readonly leftOut: ReadonlySet<string> },
  settleMs: number,
) {
  let holdsSinceMs: number | undefined;
  let doomed: ReadonlySet<string> = new Set();
  return async (kubernetes: Kubernetes, options: CallOptions): Promise<{ done: true } | { waitsFor: string }> => {
    const inventory = await readInventory(kubernetes, unit.name, options);
    if (inventory?.appliedDigest !== unit.digest) throw notAsApplied(unit, inventory);
    const open = await openObjects(kubernetes, inventory, options, { leftOut });
    const complete = newlyComplete(inventory, open);
    if (complete !== undefined) {
      const owned = { ...options, fieldManager: completionFieldManager };
      await kubernetes.apply(seenCompleteMark(unit.name, complete), owned);
    }
    const lost = open.find(
      (entry) => entry.verdict.verdict === 'failed' || (entry.terminal && doomed.has(keyOf(entry))),
    );
    if (lost !== undefined) throw new RolloutError('UnitFailed', `unit ${unit.name}: ${judgedText(lost)}`);
    doomed = new Set(open.filter((entry) => entry.terminal).map(keyOf));
    if (open.length > 0) {
      holdsSinceMs = undefined;
      return { waitsFor: gateSentence(unit.wave, open) };
    }
    holdsSinceMs ??= performance.now();
    if (performance.now() - holdsSinceMs >= settleMs) return { done: true };
    return { waitsFor: `wave ${unit.wave}: unit ${unit.name} is ready and must stay so for ${settleMs / 1_000} s` };
  };
}

/** Only another digest is somebody else's work: an apply that did not end may be a late attempt of ours, and is repeated. */
function notAsApplied(unit: PlannedUnit, inventory: UnitInventory | undefined): RolloutError {
  const expected = `unit ${unit.name}: expected ${unit.digest} in the cluster`;
  if (inventory === undefined) return new RolloutError('PlanStale', `${expected}, found no inventory`);
  const { appliedDigest } = inventory;
  if (appliedDigest !== undefined) return new RolloutError('PlanStale', `${expected}, found ${appliedDigest}`);
  return new RolloutError('UnitNotReady', `${expected}, found an unfinished apply; the step applies it again`);
}

function keyOf(entry: JudgedObject): string {
  return objectTitle(entry.reference);
}

/** Namespaces that the objects need and the unit does not bring itself. They belong to no unit: several share one. */
function namespacesOf(unit: RenderedUnit): readonly string[] {
  const own = unit.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const needed = unit.objects.flatMap(({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]));
  return [...new Set([systemNamespace, unit.namespace, ...needed])].filter(
    (name) => !own.includes(name) && !['default', 'kube-system', 'kube-public', 'kube-node-lease'].includes(name),
  );
}
