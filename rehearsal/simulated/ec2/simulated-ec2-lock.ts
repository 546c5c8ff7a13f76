import type { Ec2Lock } from '../../../systems/ec2/ec2.js';
import type { World } from '../world.js';

/** Locks of clusters at the simulated EC2: a name is given once, an id never again. */
export function createSimulatedEc2Lock(world: World): Ec2Lock {
  const { locks } = world.things;
  return {
    describeLock: async ({ cluster }) => locks.get(cluster),
    async createLock({ cluster, holder }) {
      if (locks.has(cluster)) return undefined;
      const id = `lt-${world.nextNumber().toString(16).padStart(17, '0')}`;
      locks.set(cluster, { id, since: new Date().toISOString(), holder });
      world.note({ system: 'ec2', effect: 'CreateLaunchTemplate', key: cluster });
      return id;
    },
    async deleteLock({ cluster, id }) {
      if (locks.get(cluster)?.id !== id) return false;
      locks.delete(cluster);
      world.note({ system: 'ec2', effect: 'DeleteLaunchTemplate', key: cluster });
      return true;
    },
  };
}
