import { hostNames } from '../host-record.js';
import { cutLink, healLink, isLinkUp } from '../network/switch-network.js';
import type { FaultDriver, FaultyHost } from './fault-driver.js';

/** The host's link is down at the switch: nothing answers, not even with a refusal. The host itself goes on working. */
export const cut: FaultDriver = {
  async holds(faulty) {
    return !(await isLinkUp(faulty.network, linkOf(faulty)));
  },
  async begin(faulty) {
    await cutLink(faulty.network, linkOf(faulty));
  },
  async end(faulty) {
    if (await isLinkUp(faulty.network, linkOf(faulty))) return false;
    await healLink(faulty.network, linkOf(faulty));
    return true;
  },
};

function linkOf({ network, host }: FaultyHost): string {
  return hostNames(network, host).link;
}
