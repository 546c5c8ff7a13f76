/**
 * The reaction of the engine to a failure: `retry` by itself, wait for a `person`, or end the run (`fatal`, front door
 * only).
 */
export type FailureReaction = 'retry' | 'person' | 'fatal';

/** One row of the failure table. */
export interface FailureKind {
  readonly reaction: FailureReaction;
  /** How often a step may fail in this way before it parks. Default 3; always 1 when a person is needed. */
  readonly attempts?: number;
  /** Whether the world is not as the plan expects, so that another plan may be what it takes. Default false. */
  readonly stale?: boolean;
  /** Exit code of the CLI when a run ends by it. See docs/errors.md. */
  readonly exitCode: 1 | 2 | 5 | 6 | 7;
  /** What the operator does next, as one imperative sentence without a full stop. */
  readonly advice: string;
}

/** Every way in which a roll-out can fail. Names are stable: they are the `type` of Temporal's application failures. */
export const failureKinds = {
  SpecInvalid: { reaction: 'fatal', exitCode: 2, advice: 'correct the spec, then run `npx groundswell validate`' },
  InputInvalid: { reaction: 'fatal', exitCode: 2, advice: 'correct the input' },
  UsageInvalid: { reaction: 'fatal', exitCode: 2, advice: 'see `npx groundswell --help`' },
  TemporalUnreachable: {
    reaction: 'fatal',
    exitCode: 5,
    advice: 'check that the server runs; `npx groundswell doctor` shows which one is meant',
  },
  WorkerUnreachable: { reaction: 'fatal', exitCode: 5, advice: 'start one: `npx groundswell worker`' },
  RunBroken: {
    reaction: 'fatal',
    exitCode: 6,
    advice:
      'run the build that began it, or a build with the fix; or give it up: `temporal workflow terminate -w <id>`, then `npx groundswell up`',
  },
  NothingRuns: {
    reaction: 'fatal',
    exitCode: 1,
    advice: 'see what runs with `npx groundswell status`, or start a roll-out with `npx groundswell up`',
  },
  ClusterBusy: { reaction: 'retry', exitCode: 1, advice: 'wait; the step continues when the running apply ends' },
  HeldElsewhere: {
    reaction: 'fatal',
    exitCode: 6,
    advice:
      'wait for the end of that run, or stop it there; only if that Temporal is gone for good: `npx groundswell up --take-over <lock>`',
  },
  PlanMissing: { reaction: 'fatal', exitCode: 1, advice: 'start `rollOutCluster` instead; it makes the plan' },
  PlanStale: {
    reaction: 'person',
    stale: true,
    exitCode: 1,
    advice: 'look at what changed; approve the new plan if there is one, or undo the change and answer `retry`',
  },

  DataAtRisk: {
    reaction: 'person',
    exitCode: 1,
    advice:
      'if you mean to lose it, type `npx groundswell resolve <step> replace --confirm <names>`; for a node that left the spec, answer `skip` and type `npx groundswell up --confirm <names>`',
  },
  ChangeRefused: {
    reaction: 'fatal',
    exitCode: 2,
    advice: 'undo the change, because an existing cluster keeps this value; or make another cluster with another name',
  },
  ClusterUnseen: {
    reaction: 'retry',
    exitCode: 7,
    advice: 'mend what hides the control plane, then plan again; Groundswell does nothing on unknown facts',
  },
  StateLost: {
    reaction: 'fatal',
    exitCode: 6,
    advice:
      'restore the control plane, or give the cluster up for a new, empty one: `npx groundswell up --confirm <its name>`',
  },

  ArtifactMissing: {
    reaction: 'person',
    exitCode: 1,
    advice:
      'look in the store of the worker that wrote it, or give all workers one artifact store: GROUNDSWELL_ARTIFACTS',
  },
  ArtifactStoreFailed: {
    reaction: 'retry',
    attempts: 5,
    exitCode: 1,
    advice: 'check the folder of the artifact store: its disk and its owner',
  },

  AwsThrottled: { reaction: 'retry', attempts: 8, exitCode: 1, advice: 'wait; AWS limits the request rate' },
  AwsUnavailable: { reaction: 'retry', attempts: 5, exitCode: 1, advice: 'check the network and the AWS status page' },
  AwsCapacity: {
    reaction: 'person',
    exitCode: 1,
    advice: 'allow another instance type or zone in the spec, or wait, then answer `retry`',
  },
  AwsQuota: { reaction: 'person', exitCode: 1, advice: 'ask AWS for a higher quota, then answer `retry`' },
  AwsDenied: {
    reaction: 'person',
    exitCode: 1,
    advice: 'grant the missing permission or renew the credentials, then answer `retry`',
  },
  AwsCredentialsMissing: {
    reaction: 'person',
    exitCode: 5,
    advice:
      'give the worker, or the shell of this command, credentials as for any AWS tool: AWS_PROFILE, the environment, or an instance role',
  },
  AwsRefused: { reaction: 'person', exitCode: 1, advice: 'correct the spec; AWS will refuse the same request again' },
  AwsInUse: { reaction: 'person', exitCode: 1, advice: 'take away what the message names, then answer `retry`' },
  ResidueLeft: { reaction: 'person', exitCode: 1, advice: 'end what the message names at AWS, then answer `retry`' },
  InstanceGone: {
    reaction: 'person',
    stale: true,
    exitCode: 1,
    advice: 'find out who ended the instance, then approve the new plan, which launches its successor',
  },

  LaunchTokenUsed: {
    reaction: 'person',
    exitCode: 1,
    advice: 'look at the instances of this node at EC2, then answer `retry`, which launches the next generation',
  },
  WorkerSecretWrong: {
    reaction: 'person',
    exitCode: 5,
    advice:
      'import the secret of this cluster: `npx groundswell secret import <file>`; Groundswell does nothing with another secret',
  },
  WorkerSecretMissing: {
    reaction: 'person',
    exitCode: 5,
    advice:
      'import it from another worker or from its backup: `npx groundswell secret import <file>`; Groundswell makes no second secret while hosts live',
  },

  HostUnreachable: { reaction: 'retry', exitCode: 1, advice: 'check that the host runs and that its SSH port is open' },
  HostLoginRefused: { reaction: 'retry', exitCode: 1, advice: 'check access.user and access.key in the spec' },
  HostKeyChanged: {
    reaction: 'person',
    exitCode: 1,
    advice: 'before anything else, make sure that this is the host that you mean',
  },
  HostNotReady: { reaction: 'retry', exitCode: 1, advice: 'read what cloud-init says on the host' },

  AnsibleTaskFailed: {
    reaction: 'retry',
    exitCode: 1,
    advice:
      'read the task and its message (all output: `npx groundswell logs <step>`), mend the host, then answer `retry`',
  },
  AnsibleHung: {
    reaction: 'retry',
    // each one takes a quarter of an hour or more
    attempts: 2,
    exitCode: 1,
    advice:
      'find what the task waits for (`npx groundswell logs <step>`; on the host, ps and systemctl), end it there, then answer `retry`',
  },
  AnsibleRefused: {
    reaction: 'person',
    exitCode: 1,
    advice: 'correct the playbook or its variables; another try would fail in the same way',
  },
  KubeadmFailed: {
    reaction: 'retry',
    exitCode: 1,
    advice: 'read the [ERROR] lines: `npx groundswell logs <step>`; on the host, `journalctl -u kubelet` shows more',
  },

  CertificatesNotRenewed: {
    reaction: 'retry',
    exitCode: 1,
    advice:
      'read what kubeadm says; to list all certificates, run `npx groundswell ssh <control plane> sudo kubeadm certs check-expiration`',
  },

  KubernetesUnavailable: {
    reaction: 'retry',
    attempts: 5,
    exitCode: 1,
    advice: 'check the control plane: log in with `npx groundswell ssh <control plane>` and look at the API server',
  },
  KubernetesRefused: {
    reaction: 'person',
    exitCode: 1,
    advice: 'correct the object; the API server will refuse it again',
  },
  FieldConflict: {
    reaction: 'person',
    exitCode: 1,
    advice: 'decide who owns the field; Groundswell takes no field over by force',
  },
  NodeNotReady: {
    reaction: 'retry',
    exitCode: 1,
    advice: 'look at the node: `kubectl describe node`, `journalctl -u kubelet`',
  },
  DrainBlocked: {
    reaction: 'person',
    exitCode: 1,
    advice:
      'make room for these pods, or change the budget or finalizer that holds them, then answer `retry`; to keep the host, answer `skip`',
  },
  UnitNotReady: { reaction: 'retry', exitCode: 1, advice: 'look at what the unit waits for, then answer `retry`' },
  UnitFailed: { reaction: 'person', exitCode: 1, advice: 'correct the unit; it cannot become ready by itself' },
  VerifyFailed: {
    reaction: 'retry',
    exitCode: 1,
    advice: 'run `npx groundswell plan` to see what differs, then answer `retry`',
  },

  CommandFailed: { reaction: 'retry', exitCode: 1, advice: 'read the output of the command' },
  TimedOut: { reaction: 'retry', exitCode: 1, advice: 'find out why the step hangs, then answer `retry`' },
  Unexpected: { reaction: 'person', exitCode: 1, advice: 'report this defect of Groundswell, with the message' },
} as const satisfies Record<string, FailureKind>;

export type FailureType = keyof typeof failureKinds;

/** The row of a failure type; a type that is not in the table counts as `Unexpected`. */
export function failureKind(type: string): FailureKind {
  return isFailureType(type) ? failureKinds[type] : failureKinds.Unexpected;
}

export function isFailureType(type: string): type is FailureType {
  return Object.hasOwn(failureKinds, type);
}

/** How often a step may fail with this type before it parks: 1 when a person is needed, else the table's number, 3 by default. */
export function attemptsAllowed(type: string): number {
  const kind = failureKind(type);
  return kind.reaction === 'retry' ? (kind.attempts ?? 3) : 1;
}

/** How often a step may fail in all before it parks, for one that fails each time in another way. */
const failuresInAll = 12;

/**
 * Whether a step has failed too often for another try by itself. `failures` counts its failures by type since its
 * start, or since the last answer of a person.
 */
export function isBudgetSpent(failures: ReadonlyMap<string, number>): boolean {
  const counts = [...failures];
  const inAll = counts.reduce((sum, [, count]) => sum + count, 0);
  return inAll >= failuresInAll || counts.some(([type, count]) => count >= attemptsAllowed(type));
}
