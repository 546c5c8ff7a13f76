import { readFile } from 'node:fs/promises';
import { Connection } from '@temporalio/client';
import { isRunning } from '../../systems/recorded-process.js';
import type { ServerState } from './server-state.js';
import { waitUntil, type Look } from '../../systems/wait-until.js';

/** The outcome of the wait for a new server. */
export type ServingOutcome =
  | { readonly serving: true }
  | {
      readonly serving: false;
      /** Whether the process has ended; `false` when it runs but does not answer. */
      readonly ended: boolean;
      readonly portTaken: boolean;
      /** One line of explanation, with the last line of the log. */
      readonly problem: string;
      /** The end of the log. */
      readonly log: string;
    };

export interface WaitOptions {
  readonly state: ServerState;
  readonly logFile: string;
  readonly timeoutMs: number;
}

/** Waits until the server answers GetSystemInfo, its process ends, or the time is over. */
export async function waitUntilServing({ state, logFile, timeoutMs }: WaitOptions): Promise<ServingOutcome> {
  const address = `127.0.0.1:${String(state.frontendPort)}`;
  const look = async (): Promise<Look<'ended' | 'answers'>> => {
    // the process first: another server may have taken its port, and may answer
    if (!(await isRunning(state))) return { done: 'ended' };
    return (await answers(address)) ? { done: 'answers' } : { waitsFor: `an answer at ${address}` };
  };
  const outcome = await waitUntil(look, { everyMs: 100, deadlineMs: timeoutMs });
  if (!('done' in outcome)) {
    return await failed(logFile, false, `no answer at ${address} within ${String(timeoutMs / 1000)} s`);
  }
  if (outcome.done === 'ended') return await failed(logFile, true, `ended before it answered at ${address}`);
  if (await isRunning(state)) return { serving: true };
  return await failed(logFile, true, `ended; another server answers at ${address}`);
}

/** The last lines of the log of the last start. */
async function logEnd(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return (text.split(/^--- start on port .*\n/m).at(-1) ?? '').trim().slice(-4000);
}

/** Whether the server answers: `Connection.connect` asks for GetSystemInfo before it resolves. */
async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '2s' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function failed(logFile: string, ended: boolean, what: string): Promise<ServingOutcome> {
  const log = await logEnd(logFile);
  const lines = log.split('\n');
  const reason = lines.findLast((line) => line.startsWith('Error:')) ?? lines.at(-1) ?? '';
  return {
    serving: false,
    ended,
    portTaken: log.includes('address already in use'),
    problem: `temporal server: ${what}: ${reason === '' ? 'its log is empty' : reason} (${logFile})`,
    log,
  };
}
