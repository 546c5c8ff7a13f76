import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { freePort } from '../../systems/free-port.js';
import { startDetached } from '../../systems/process.js';
import { readPidFile, writePidFile } from '../../systems/pid-file.js';
import { endProcess, isRunning, recordProcess, type RecordedProcess } from '../../systems/recorded-process.js';
import type { Ec2Answer, Ec2Call } from './ec2-message.js';
import { machineImages } from './machine-images.js';
import { waitUntil, type Look } from '../../systems/wait-until.js';

/** The EC2 implementation behind the emulator: a `moto_server` of our own, on a loopback port of its own. */
export interface MotoBackend {
  readonly pid: number;
  /** Its own root URL, past everything that the emulator adds. */
  readonly url: string;
  readonly send: (call: Pick<Ec2Call, 'method' | 'path' | 'headers' | 'body'>) => Promise<Ec2Answer>;
  close(): Promise<void>;
}

const startMs = 60_000;
const startAttempts = 3;

export interface MotoInput {
  /** Path of the program. */
  readonly motoServer: string;
  /** Of its own: its log, its list of images, the record of its process. */
  readonly dir: string;
  /** Gives a port of 127.0.0.1 to try. Default any free one. */
  readonly port?: () => Promise<number>;
}

/**
 * Starts moto and waits until it answers. One that an earlier, killed emulator left in the same folder is ended first. It
 * inherits nothing of our environment and its home is the folder, so that no AWS profile is read. Where somebody else
 * took the port meanwhile, two more are tried. Fails with `CommandFailed`, with the end of its log, when it does not start.
 */
export async function startMoto({ motoServer, dir, port = freePort }: MotoInput): Promise<MotoBackend> {
  await mkdir(dir, { recursive: true });
  await endMoto(dir);
  await writeFile(imagesFile(dir), JSON.stringify(machineImages));
  for (let attempt = 1; ; attempt += 1) {
    const start = await launch(motoServer, dir, await port());
    if (start.answers) return start.backend;
    const log = await readFile(logFile(dir), 'utf8').catch(() => '');
    if (start.ended && log.includes('Address already in use') && attempt < startAttempts) {
      await rm(logFile(dir));
      continue;
    }
    await start.backend.close();
    throw new RolloutError(
      'CommandFailed',
      `moto_server: expected an answer at ${start.backend.url}, found none; see ${logFile(dir)}`,
      { details: log.slice(-4_000) },
    );
  }
}

interface Launch {
  readonly backend: MotoBackend;
  readonly answers: boolean;
  readonly ended: boolean;
}

async function launch(motoServer: string, dir: string, port: number): Promise<Launch> {
  const pid = startDetached(motoServer, ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: dir,
    logFile: logFile(dir),
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: dir,
      AWS_EC2_METADATA_DISABLED: 'true',
      MOTO_AMIS_PATH: imagesFile(dir),
      MOTO_ENABLE_AMI_VALIDATION: 'true',
      MOTO_ENABLE_KEYPAIR_VALIDATION: 'true',
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true',
    },
  });
  const moto = await recordProcess(pid);
  if (moto !== undefined) await writePidFile(pidFile(dir), moto);
  const url = `http://127.0.0.1:${String(port)}`;
  const backend: MotoBackend = {
    pid,
    url,
    send: (call) => send(url, call),
    close: async () => {
      if (moto !== undefined) await endProcess(moto, 5_000);
    },
  };
  const answering = moto !== undefined && (await answers(url, moto, dir));
  return { backend, answers: answering, ended: moto === undefined || !(await isRunning(moto)) };
}

/** Ends the moto of this folder, also one that a killed emulator left behind. Does nothing when there is none. */
export async function endMoto(dir: string): Promise<void> {
  const recorded = await readPidFile(pidFile(dir));
  if (recorded !== undefined) await endProcess(recorded, 5_000);
}

function pidFile(dir: string): string {
  return join(dir, 'moto.pid');
}

function logFile(dir: string): string {
  return join(dir, 'moto.log');
}

function imagesFile(dir: string): string {
  return join(dir, 'images.json');
}

/** Its log says when the port is its own; before that another moto may be what answers there. */
async function answers(base: string, moto: RecordedProcess, dir: string): Promise<boolean> {
  const look = async (): Promise<Look<boolean>> => {
    const log = await readFile(logFile(dir), 'utf8').catch(() => '');
    const answer = await fetch(`${base}/moto-api/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true && log.includes(`Running on ${base}`)) return { done: true };
    return (await isRunning(moto)) ? { waitsFor: 'moto to answer' } : { done: false };
  };
  const outcome = await waitUntil(look, { everyMs: 100, deadlineMs: startMs });
  return 'done' in outcome && outcome.done;
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
