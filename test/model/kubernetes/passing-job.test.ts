import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { doneForGood, newlyComplete, passingJobs } from '../../../model/kubernetes/passing-job.js';
import {
  inventoryAfter,
  inventoryBefore,
  inventoryConfigMap,
  parseInventory,
  seenCompleteMark,
  type UnitInventory,
} from '../../../model/kubernetes/unit-inventory.js';

function aJob(name: string, image = 'one', ttlSecondsAfterFinished: number | undefined = 60): KubernetesObject {
  const ttl = ttlSecondsAfterFinished < 0 ? {} : { ttlSecondsAfterFinished };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'shop' }, spec: { ...ttl, image } };
}

const digestOf = (object: KubernetesObject): string => JSON.stringify(object);
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' } };

/** The inventory of a unit whose objects were applied, with the uid `uid of <name>` each. */
function applied(...objects: readonly KubernetesObject[]): UnitInventory {
  const unit = { name: 'shop', wave: 1, namespace: 'shop', digest: 'd', objects };
  const live = objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, uid: `uid of ${object.metadata.name}`, generation: 1 },
  }));
  const passing = passingJobs(objects, digestOf);
  return inventoryAfter(inventoryBefore(undefined, unit), { digest: 'd', objects: live, passing });
}

describe('an inventory with Jobs that go by themselves', () => {
  it('comes back whole from its ConfigMap, with what was seen complete', () => {
    const inventory = applied(aJob('seed'), aJob('stays', 'one', -1));
    const configMap = inventoryConfigMap(inventory);
    const { annotations } = seenCompleteMark('shop', ['uid of seed']).metadata;
    const marked = {
      ...configMap,
      metadata: { ...configMap.metadata, annotations: { ...configMap.metadata.annotations, ...annotations } },
    };

    expect(inventory.objects.map(({ passing }) => passing?.secondsAfterEnd)).toEqual([60, undefined]);
    expect(parseInventory(marked)).toEqual({ ...inventory, seenComplete: ['uid of seed'] });
  });
});

describe('newlyComplete', () => {
  const inventory = applied(aJob('seed'), aJob('migrate'), settings);
  const [seed, migrate, other] = inventory.objects;

  it('names the Jobs that are ready, with those that were before', () => {
    expect(newlyComplete(inventory, [{ reference: migrate! }])).toEqual(['uid of seed']);
    expect(newlyComplete({ ...inventory, seenComplete: ['uid of seed'] }, [])).toEqual([
      'uid of seed',
      'uid of migrate',
    ]);
  });

  it('says nothing where nothing is new, and of objects that stay', () => {
    expect(newlyComplete(inventory, [{ reference: seed! }, { reference: migrate! }])).toBeUndefined();
    expect(newlyComplete({ ...inventory, seenComplete: ['uid of seed'] }, [{ reference: migrate! }])).toBeUndefined();
    expect(newlyComplete(applied(settings), [{ reference: other! }])).toBeUndefined();
  });
});

describe('doneForGood', () => {
  const inventory = { ...applied(aJob('seed')), seenComplete: ['uid of seed'] };

  it('is a Job that was seen complete as it is wanted now', () => {
    expect(doneForGood(inventory, passingJobs([aJob('seed')], digestOf))).toEqual(['Job shop/seed']);
  });

  it('is none that is another one now, that nobody saw complete, or of an inventory of an earlier build', () => {
    expect(doneForGood(inventory, passingJobs([aJob('seed', 'two')], digestOf))).toEqual([]);
    expect(doneForGood(applied(aJob('seed')), passingJobs([aJob('seed')], digestOf))).toEqual([]);
    const objects = inventory.objects.map(({ passing: _, ...entry }) => entry);
    expect(doneForGood({ ...inventory, objects }, passingJobs([aJob('seed')], digestOf))).toEqual([]);
    expect(doneForGood(undefined, passingJobs([aJob('seed')], digestOf))).toEqual([]);
  });
});
