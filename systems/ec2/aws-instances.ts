import { paginateDescribeInstances, type Instance } from '@aws-sdk/client-ec2';
import type { InstanceFact, InstanceState } from '../../model/facts.js';
import type { CallOptions } from '../calls.js';
import { callEc2 } from './call-ec2.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Owner } from './ec2.js';
import { ownedBy, tagNames, tagValue } from './ownership-tags.js';
import { shareReads } from './share-reads.js';

type InstanceReads = (owner: Owner, options?: CallOptions) => Promise<readonly InstanceFact[]>;

/** Reads of a cluster's instances, shared by all who wait at the same time. */
export function createInstanceReads({ repeating }: Ec2Clients): InstanceReads {
  const reads = new Map<string, () => Promise<readonly InstanceFact[]>>();

  async function readAll(owner: Owner): Promise<readonly InstanceFact[]> {
    return callEc2('DescribeInstances', async () => {
      const pages = paginateDescribeInstances({ client: repeating, pageSize: 200 }, { Filters: ownedBy(owner) });
      const facts: InstanceFact[] = [];
      for await (const { Reservations } of pages) {
        for (const instance of (Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])) {
          const fact = instanceFact(instance);
          if (fact !== undefined) facts.push(fact);
        }
      }
      return facts;
    });
  }

  return async (owner, { signal } = {}) => {
    const read = reads.get(owner.cluster) ?? shareReads(() => readAll(owner));
    reads.set(owner.cluster, read);
    signal?.throwIfAborted();
    if (signal === undefined) return read();
    // the read goes on for the others
    return untilAborted(read(), signal);
  };
}

/** An instance of ours as a fact; `undefined` when it carries no node or generation. */
export function instanceFact(instance: Instance): InstanceFact | undefined {
  const node = tagValue(instance.Tags, tagNames.node);
  const generation = Number(tagValue(instance.Tags, tagNames.generation));
  const state = instanceState(instance.State?.Name);
  if (node === undefined || !Number.isInteger(generation) || instance.InstanceId === undefined) return undefined;
  if (state === undefined) return undefined;
  const { PrivateIpAddress, PublicIpAddress, StateReason } = instance;
  return {
    node,
    generation,
    id: instance.InstanceId,
    state,
    zone: instance.Placement?.AvailabilityZone ?? '',
    type: instance.InstanceType ?? '',
    imageId: instance.ImageId ?? '',
    ...(PrivateIpAddress === undefined ? {} : { privateAddress: PrivateIpAddress }),
    ...(PublicIpAddress === undefined ? {} : { publicAddress: PublicIpAddress }),
    ...(StateReason?.Code === undefined || StateReason.Code === ''
      ? {}
      : { stateReason: { code: StateReason.Code, message: StateReason.Message ?? '' } }),
  };
}

const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'] as const;

function instanceState(name: string | undefined): InstanceState | undefined {
  return states.find((state) => state === name);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      const reason: unknown = signal.reason;
      reject(reason instanceof Error ? reason : new Error('aborted'));
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
