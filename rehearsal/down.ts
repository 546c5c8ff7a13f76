import { rm } from 'node:fs/promises';
import { root } from '../installation/config.js';
import { findEmbeddedServer, stopEmbeddedServer } from '../installation/temporal-server/embedded-server.js';
import { stopBackground, stopWorkers } from './background.js';
import { endMoto } from './ec2-emulator/moto-backend.js';
import { claimNetwork } from './hosts/network/claim-network.js';
import { createHosts } from './hosts/hosts.js';
import { whyRealHostsAreImpossible } from './hosts/machine/machine-support.js';
import { rehearsalFolder } from './rehearsal-folder.js';

/**
 * Ends the rehearsal of this clone: worker, outside with its hosts, Temporal server; removes what they made on this
 * machine. What was downloaded or built stays in the cache. Running it again changes nothing.
 */
const folder = rehearsalFolder(root);
await stopWorkers(folder, 20_000);
await stopBackground(folder, 'bridge', 2_000);
await stopBackground(folder, 'outside', 20_000);
// a killed outside leaves it behind
await endMoto(folder.dir);
if ((await whyRealHostsAreImpossible()) === undefined) {
  const network = await claimNetwork({ clonePath: folder.root, claimFile: folder.networkClaim });
  await createHosts({ stateDir: folder.dir, rootfs: { dir: '/' }, network, ledger: folder.ledger }).takeDown();
}
await stopEmbeddedServer(folder.dir);
await rm(folder.target, { force: true });
await rm(folder.dir, { recursive: true, force: true });
process.stdout.write('rehearsal: ended; worker, hosts and Temporal server are gone, and the caches stay\n');
const own = await findEmbeddedServer(folder.state);
if (own !== undefined) {
  process.stdout.write(
    `the Temporal server of \`groundswell worker\` at ${own.address} keeps running; npx groundswell server stop stops it\n`,
  );
}
