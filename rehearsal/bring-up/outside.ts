import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { NetConnectOpts } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { readServerState } from '../../installation/temporal-server/server-state.js';
import { breakHost } from '../break-host.js';
import { createHosts } from '../hosts/hosts.js';
import type { Hosts } from '../hosts/hosts.js';
import { hostNetworkAt } from '../hosts/network/host-network.js';
import { startEc2Emulator } from '../ec2-emulator/ec2-emulator.js';
import { kubernetesStoreAt } from '../kubernetes/kubernetes-store.js';
import { startPackageServer } from '../kubernetes/package-server.js';
import { bridge } from './loopback-bridge.js';

/** How the outside of a rehearsal is started: one JSON argument. */
export const OutsideInput = z.object({
  dir: z.string(),
  rootfsDir: z.string(),
  storeDir: z.string(),
  networkIndex: z.int(),
  ledger: z.string(),
  motoServer: z.string(),
  readyFile: z.string(),
});
export type OutsideInput = z.infer<typeof OutsideInput>;

/** What the outside says of itself once it answers. */
export const OutsideReady = z.object({
  ec2Endpoint: z.string(),
  ec2Port: z.int(),
  packageServer: z.string(),
  /** Faults of hosts and the collecting of their ledger: `POST /hosts/<node>/<fault>`, `POST /ledger`. */
  controlPort: z.int(),
});
export type OutsideReady = z.infer<typeof OutsideReady>;

/** Names of the sockets by which the worker's namespace reaches Temporal and the EC2 emulator; relative to the rehearsal's folder. */
export const sockets = { temporal: 'temporal.sock', ec2: 'ec2.sock' } as const;

/** Reads what a running outside wrote; `undefined` before that. */
export async function readOutsideReady(file: string): Promise<OutsideReady | undefined> {
  try {
    return OutsideReady.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The outside of a rehearsal, as one process: the EC2 emulator, the hosts that its instances are, and the server of
 * packages and images. It lives until it is ended; the hosts are then removed by `rehearsal:down`.
 */
export async function runOutside(input: OutsideInput): Promise<void> {
  const network = hostNetworkAt(input.networkIndex);
  const store = await kubernetesStoreAt(input.storeDir);
  if (store === undefined) throw new Error(`${input.storeDir}: the cache has lost the store; run npm start again`);
  const hosts = createHosts({
    stateDir: input.dir,
    rootfs: { dir: input.rootfsDir },
    network,
    ledger: input.ledger,
    storeDir: store.dir,
    imageStore: store.imageStore,
  });
  await hosts.bringNetworkUp();
  const packages = await startPackageServer({ address: network.uplinkAddress, port: 0, store });
  const emulator = await startEc2Emulator({
    motoServer: input.motoServer,
    dir: input.dir,
    port: 0,
    ledger: input.ledger,
    // what is in use is not deleted, as at AWS: an order that is wrong shows here
    unkindness: { dependencies: true },
    hosts: {
      boot: ({ node, ...instance }) => hosts.boot({ ...instance, name: node }),
      terminate: (id) => hosts.destroy(id),
      stop: (id) => hosts.powerOff(id),
      start: (id) => hosts.powerOn(id),
    },
    onProblem: (line) => process.stderr.write(`${line}\n`),
  });
  const ec2Port = Number(new URL(emulator.endpoint).port);
  await bridge({ path: sockets.ec2 }, { host: '127.0.0.1', port: ec2Port });
  await bridge({ path: sockets.temporal }, () => temporalServer(input.dir));
  void keepLedger(hosts);
  const controlPort = await serveControl(hosts);
  const ready: OutsideReady = {
    ec2Endpoint: emulator.endpoint,
    ec2Port,
    packageServer: `http://${network.uplinkAddress}:${packages.port}`,
    controlPort,
  };
  await writeFile(`${input.readyFile}.draft`, JSON.stringify(ready));
  await rename(`${input.readyFile}.draft`, input.readyFile);
  process.once('SIGTERM', () => {
    void Promise.allSettled([emulator.close(), packages.close()]).then(() => process.exit(0));
  });
}

/** Where the Temporal server of this rehearsal is now: one that was started again may have another port. */
async function temporalServer(dir: string): Promise<NetConnectOpts> {
  const server = await readServerState(dir);
  if (server === undefined) throw new Error(`${dir}: no Temporal server runs in this folder`);
  return { host: '127.0.0.1', port: server.frontendPort };
}

/** Copies effects from the audit log into the ledger for ever; a look that fails is told, and the next one makes up for it. */
async function keepLedger(hosts: Hosts): Promise<never> {
  for (;;) {
    await hosts.followAuditLogs().catch((error: unknown) => process.stderr.write(`ledger: ${String(error)}\n`));
    await pause(1_000);
  }
}

/** A door on 127.0.0.1 for faults: they must come from who holds the hosts, so that two never act on one host at once. */
async function serveControl(hosts: Hosts): Promise<number> {
  const server = createServer((request, response) => {
    act(hosts, request.method === 'POST' ? (request.url ?? '') : '').then(
      (text) => response.writeHead(200).end(`${text}\n`),
      (error: unknown) => response.writeHead(400).end(`${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function act(hosts: Hosts, url: string): Promise<string> {
  if (url === '/ledger') {
    await hosts.collectLedger();
    return 'collected';
  }
  const [, node, word] = /^\/hosts\/([^/]+)\/([^/]+)$/.exec(url) ?? [];
  if (node === undefined || word === undefined)
    throw new Error(`${url}: expected POST /ledger or /hosts/<node>/<fault>`);
  return breakHost(hosts, decodeURIComponent(node), decodeURIComponent(word));
}

if (process.argv[2] === '--run') await runOutside(OutsideInput.parse(JSON.parse(process.argv[3] ?? '')));
