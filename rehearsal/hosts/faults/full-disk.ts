import { RolloutError } from '../../../model/rollout-error.js';
import { fillDisk, freeDisk, hasOwnDisk, isDiskFilled, isDiskFull } from '../disk/own-disk.js';
import type { FaultDriver } from './fault-driver.js';

/** The host's disk has no free byte left. It stays full over a restart of the host, as disks do. */
export const fullDisk: FaultDriver = {
  async holds({ paths }) {
    return isDiskFull(paths);
  },
  async begin({ host, paths }) {
    if (!hasOwnDisk(paths)) {
      throw new RolloutError(
        'CommandFailed',
        `${host.name}: has no disk of its own, because this machine has no loop devices. To fill its disk would fill the disk of the machine`,
      );
    }
    await fillDisk(paths);
  },
  async end({ paths }) {
    if (!isDiskFilled(paths)) return false;
    await freeDisk(paths);
    return true;
  },
};
