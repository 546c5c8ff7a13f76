import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEc2Emulator, type Ec2Emulator } from '../../../rehearsal/ec2-emulator/ec2-emulator.js';
import { createEc2Faults, type Ec2Faults } from '../../../rehearsal/ec2-emulator/ec2-faults.js';
import type { BootedInstance } from '../../../rehearsal/ec2-emulator/emulated-hosts.js';
import type { Unkindness } from '../../../rehearsal/ec2-emulator/unkindness.js';
import { isRecord } from '../../../model/json/is-record.js';
import { createEc2Clients, type Ec2Clients } from '../../../systems/ec2/ec2-client.js';

/** Where `moto_server` is looked for, in this order. */
const places = [process.env['GROUNDSWELL_TEST_MOTO'], resolve('.groundswell/venv/bin/moto_server')];

/** The program `moto_server`; `undefined` when it is nowhere, and tests that need it are skipped. */
export const motoServer = places.find((path) => path !== undefined && path !== '' && existsSync(path));

/** For the title of a skipped suite. */
export const motoSkipped =
  motoServer === undefined ? ' (skipped: no moto_server in GROUNDSWELL_TEST_MOTO or .groundswell/venv/bin)' : '';

export interface EmulatedEc2 {
  readonly emulator: Ec2Emulator;
  readonly clients: Ec2Clients;
  readonly faults: Ec2Faults;
  /** What happened to the hosts, in order: `boot k8s-redis`, `terminate i-…`. */
  readonly hostEvents: string[];
  readonly booted: BootedInstance[];
  readonly dir: string;
  /** Lines of the ledger since the last `forget`: effect, key, node. */
  ledger(): Promise<readonly { readonly effect: unknown; readonly key: unknown; readonly node: unknown }[]>;
  /** Starts the record of hosts and ledger anew, and ends all lack of capacity: a test of its own in the same EC2. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** The emulator with hosts that boot at once, in a folder of its own, and clients for it. As kind as it can be by default. */
export async function startEmulatedEc2(unkindness: Unkindness = {}): Promise<EmulatedEc2> {
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-ec2-'));
  const ledgerFile = join(dir, 'ledger.ndjson');
  const faults = createEc2Faults();
  const hostEvents: string[] = [];
  const booted: BootedInstance[] = [];
  const event = (line: string) => (id: string) => Promise.resolve(void hostEvents.push(`${line} ${id}`));
  const emulator = await startEc2Emulator({
    motoServer: motoServer ?? '',
    dir,
    port: 0,
    ledger: ledgerFile,
    faults,
    unkindness,
    timings: { pendingSeconds: 0.3, stoppingSeconds: 0.1, shuttingDownSeconds: 0.1 },
    hosts: {
      boot(instance) {
        booted.push(instance);
        hostEvents.push(`boot ${instance.node}`);
        return Promise.resolve();
      },
      terminate: event('terminate'),
      stop: event('stop'),
      start: event('start'),
    },
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clients = createEc2Clients({ region: 'ap-northeast-2', endpoint: emulator.endpoint, credentials });
  let forgotten = 0;
  async function ledger() {
    const text = await readFile(ledgerFile, 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    return lines
      .map((line): unknown => JSON.parse(line))
      .filter(isRecord)
      .map((line) => ({ effect: line['effect'], key: line['key'], node: line['node'] }));
  }
  return {
    emulator,
    clients,
    faults,
    hostEvents,
    booted,
    dir,
    ledger: async () => (await ledger()).slice(forgotten),
    async forget() {
      forgotten = (await ledger()).length;
      hostEvents.length = 0;
      booted.length = 0;
      faults.restoreCapacity();
    },
    async close() {
      clients.repeating.destroy();
      clients.once.destroy();
      await emulator.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
