import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceFact } from '../../model/facts/facts.js';
import type { WorldLock } from '../../model/facts/world-lock.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { FailureType } from '../../model/failures.js';
import { nodeRow, type NodePart } from '../../model/steps.js';
import type { NetworkPartInputs } from '../../systems/ec2/ec2.js';
import type { Durations } from './durations.js';
import type { Fault } from './faults.js';

/** One effect, in the form of the ledger (docs/architecture.md). */
export interface Effect {
  readonly system: 'ec2' | 'host' | 'kubernetes';
  readonly effect: string;
  readonly key: string;
  readonly node?: string;
}

/** The content of the simulated outside. Keys of `objects` are `apiVersion/kind/namespace/name`. */
export interface Things {
  readonly parts: Ec2Part[];
  keyPair: { name: string; publicKey: string } | undefined;
  /** Locks of clusters, by cluster. */
  readonly locks: Map<string, WorldLock>;
  readonly instances: (InstanceFact & {
    token: string;
    /** Everything that was asked for: the same token with something else is refused. */
    request: string;
    readyAtMs: number;
    sshAtMs: number;
    state: InstanceFact['state'];
  })[];
  /** Ids of ended instances whose tags are gone. Their tokens stay used. */
  readonly forgotten: Set<string>;
  /** Files of hosts by instance id and path. */
  readonly files: Map<string, Map<string, string>>;
  /** The public host key that an instance shows; `undefined` after it was replaced, until somebody comes who knows the new one. */
  readonly hostKeys: Map<string, string | undefined>;
  /** Bootstrap tokens that nobody revoked yet, with the node that each was minted for. */
  readonly tokens: Map<string, string>;
  /** Transient units at work on hosts, by instance id and playbook. What runs in one goes on without its caller. */
  readonly units: Map<string, Promise<void>>;
  readonly objects: Map<string, KubernetesObject>;
  /** The last apply of each field manager, by `<manager> <key of the object>`. */
  readonly managed: Map<string, KubernetesObject>;
  /** Time at which a workload or node becomes ready, by the same key as `objects`. */
  readonly readyAtMs: Map<string, number>;
}

export interface WorldOptions {
  readonly durations: Durations;
  readonly faults: readonly Fault[];
  /** Lifetime of the certificates of kubeadm init. Default 365; renewed ones always live for a year. */
  readonly certificateDays?: number;
  readonly onEffect: (effect: Effect & { readonly time: string }) => void;
}

/** The simulated outside: what exists in it, what has happened, what goes wrong. It keeps its state as long as it lives. */
export interface World {
  readonly things: Things;
  readonly durations: Durations;
  readonly certificateDays: number;
  nextNumber(): number;
  note(effect: Effect): void;
  /** Takes the time of a part for a node, then fails if a fault says so. */
  perform(part: NodePart, node: string, failure: FailureType): Promise<void>;
  hasFault(kind: Fault['kind'], subject: string): boolean;
  /** Fails as `AwsThrottled` when a fault says so. */
  throttle(call: string): void;
}

export function createWorld({ durations, faults, certificateDays = 365, onEffect }: WorldOptions): World {
  const failuresLeft = new Map<Fault, number>();
  for (const fault of faults) if ('times' in fault) failuresLeft.set(fault, fault.times);
  let numbers = 0;

  function secondsOf(part: NodePart, subject: string): number {
    const slow = faults.find((fault) => fault.kind === 'slow' && fault.subject === subject && fault.part === part);
    return slow?.kind === 'slow' ? slow.seconds : (durations[part] ?? 0);
  }

  return {
    durations,
    certificateDays,
    things: {
      parts: [],
      forgotten: new Set(),
      keyPair: undefined,
      locks: new Map(),
      instances: [],
      files: new Map(),
      hostKeys: new Map(),
      tokens: new Map(),
      units: new Map(),
      objects: new Map(),
      managed: new Map(),
      readyAtMs: new Map(),
    },
    nextNumber: () => (numbers += 1),
    note(effect) {
      onEffect({ time: new Date().toISOString(), ...effect });
    },
    async perform(part, subject, failure) {
      await sleep(secondsOf(part, subject) * 1000);
      const fault = faults.find((one) => one.kind === 'fails' && one.subject === subject && one.part === part);
      const left = fault === undefined ? 0 : (failuresLeft.get(fault) ?? 0);
      if (fault === undefined || left === 0) return;
      failuresLeft.set(fault, left - 1);
      const what = nodeRow(part).playbook ?? part;
      throw new RolloutError(failure, `${subject}: ${what} failed, because the rehearsal has this fault [simulated]`);
    },
    throttle(call) {
      const fault = faults.find(({ kind }) => kind === 'throttles');
      const left = fault === undefined ? 0 : (failuresLeft.get(fault) ?? 0);
      if (fault === undefined || left === 0) return;
      failuresLeft.set(fault, left - 1);
      throw new RolloutError('AwsThrottled', `${call}: RequestLimitExceeded [simulated]`, { retryAfterMs: 3_000 });
    },
    hasFault: (kind, subject) => faults.some((fault) => fault.kind === kind && fault.subject === subject),
  };
}

export type Ec2PartKind = keyof NetworkPartInputs;

/** One VPC-like thing at the simulated EC2, with its tags. */
export interface Ec2Part {
  readonly kind: Ec2PartKind;
  readonly id: string;
  readonly cluster: string;
  /** Tag of whoever made it: when that one began to, ISO 8601. Not when EC2 made it. */
  readonly created: string;
  readonly vpcId?: string;
  readonly zone?: string;
  readonly cidr?: string;
  /** Attached, with its routes, with its rules: what a second call does to it. */
  readonly complete: boolean;
  /** Of a security group: who reaches SSH and the API. */
  readonly allowedCidrs?: readonly string[];
  /** Of a VPC: a tag, the generation on which `kubeadm init` came to its end. */
  readonly initialised?: number;
  /** Of a VPC: a tag, the fingerprint of the worker secret. */
  readonly workerSecret?: string;
}
