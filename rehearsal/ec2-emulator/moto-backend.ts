import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RolloutError } from '../../model/rollout-error.js';
import { startDetached } from '../../systems/process.js';
import { readPidFile, writePidFile } from '../../systems/pid-file.js';
import { endProcess, isRunning, recordProcess, type RecordedProcess } from '../../systems/recorded-process.js';
import type { Ec2Answer, Ec2Call } from './ec2-message.js';
import { machineImages } from './machine-images.js';

/** The EC2 implementation behind the emulator: a `moto_server` of our own, on a loopback port of its own. */
export interface MotoBackend {
  readonly pid: number;
  /** Its own root URL, past everything that the emulator adds. */
  readonly url: string;
  readonly send: (call: Pick<Ec2Call, 'method' | 'path' | 'headers' | 'body'>) => Promise<Ec2Answer>;
  close(): Promise<void>;
}

const startMs = 60_000;

/**
 * Starts moto in `dir` (its log, its list of images, the record of its process) and waits until it answers. One that an
 * earlier, killed emulator left in the same folder is ended first. It inherits nothing of our environment and its home
 * is the folder, so that no AWS profile is read. Fails with `CommandFailed`, with the end of its log, when it does not start.
 */
export async function startMoto(motoServer: string, dir: string): Promise<MotoBackend> {
  await mkdir(dir, { recursive: true });
  await endMoto(dir);
  const images = join(dir, 'images.json');
  await writeFile(images, JSON.stringify(machineImages));
  const port = await freePort();
  const logFile = join(dir, 'moto.log');
  const pid = startDetached(motoServer, ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: dir,
    logFile,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: dir,
      AWS_EC2_METADATA_DISABLED: 'true',
      MOTO_AMIS_PATH: images,
      MOTO_ENABLE_AMI_VALIDATION: 'true',
      MOTO_ENABLE_KEYPAIR_VALIDATION: 'true',
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true',
    },
  });
  const moto = await recordProcess(pid);
  if (moto !== undefined) await writePidFile(pidFile(dir), moto);
  const base = `http://127.0.0.1:${String(port)}`;
  if (moto === undefined || !(await answers(base, moto))) {
    if (moto !== undefined) await endProcess(moto, 5_000);
    const log = await readFile(logFile, 'utf8').catch(() => '');
    throw new RolloutError('CommandFailed', `moto_server: expected an answer at ${base}, found none; see ${logFile}`, {
      details: log.slice(-4_000),
    });
  }
  return { pid, url: base, send: (call) => send(base, call), close: () => endProcess(moto, 5_000) };
}

/** Ends the moto of this folder, also one that a killed emulator left behind. Does nothing when there is none. */
export async function endMoto(dir: string): Promise<void> {
  const recorded = await readPidFile(pidFile(dir));
  if (recorded !== undefined) await endProcess(recorded, 5_000);
}

function pidFile(dir: string): string {
  return join(dir, 'moto.pid');
}

async function answers(base: string, moto: RecordedProcess): Promise<boolean> {
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline) {
    const answer = await fetch(`${base}/moto-api/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return true;
    if (!(await isRunning(moto))) return false;
    await delay(100);
  }
  return false;
}

async function send(base: string, call: Pick<Ec2Call, 'method' | 'path' | 'headers' | 'body'>): Promise<Ec2Answer> {
  const passed = ['authorization', 'content-type', 'x-amz-target', 'x-amz-date', 'x-amz-security-token'];
  const headers = Object.entries(call.headers).filter(([name]) => passed.includes(name));
  const answer = await fetch(`${base}${call.path}`, {
    method: call.method,
    headers: Object.fromEntries(headers),
    ...(call.body === '' ? {} : { body: call.body }),
  });
  const contentType = answer.headers.get('content-type') ?? 'text/xml';
  return { status: answer.status, contentType, body: await answer.text() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
