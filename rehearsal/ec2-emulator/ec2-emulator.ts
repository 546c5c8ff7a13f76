import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { RolloutError } from '../../model/rollout-error.js';
import { createCallAnswerer } from './answer-call.js';
import { createEc2Faults, type Ec2Faults } from './ec2-faults.js';
import { ec2Refusal, readEc2Call, type Ec2Call } from './ec2-message.js';
import type { EmulatedHosts, InstanceTimings } from './emulated-hosts.js';
import { createInstanceStates } from './instance-states.js';
import { openLedger } from './ledger.js';
import { startMoto } from './moto-backend.js';
import { createSubnetAddresses } from './subnet-addresses.js';
import { beUnkind, type Unkindness } from './unkindness.js';

export interface Ec2EmulatorOptions {
  /** Path of the program `moto_server`. */
  readonly motoServer: string;
  /** Folder for moto's log, list of images and record of its process. */
  readonly dir: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** File that effects are appended to. */
  readonly ledger: string;
  readonly hosts: EmulatedHosts;
  readonly timings?: InstanceTimings;
  readonly faults?: Ec2Faults;
  /** In what it is as unkind as AWS. Default: in nothing beyond what `answer-call.ts` always does. */
  readonly unkindness?: Unkindness;
  /** Hears, in one line each, of what no caller of the API is told: hosts that fail. Default: nobody. */
  readonly onProblem?: (line: string) => void;
}

export interface Ec2Emulator {
  /** Base URL for the `endpoint` of a client. */
  readonly endpoint: string;
  readonly motoPid: number;
  /** Ends the emulator and moto. The hosts stay: they belong to who gave them. */
  close(): Promise<void>;
}

/**
 * An EC2 API on loopback: moto, with what it lacks (ClientTokens, states over time, private addresses without collisions,
 * faults, the unkindness of AWS where it is asked for), a host behind every instance, and a ledger of effects. What exists is in memory: another start begins empty.
 * Fails with `CommandFailed` when moto does not start, or the port is taken.
 */
export async function startEc2Emulator(options: Ec2EmulatorOptions): Promise<Ec2Emulator> {
  const onProblem = options.onProblem ?? ((): void => undefined);
  const moto = await startMoto({ motoServer: options.motoServer, dir: options.dir });
  const faults = options.faults ?? createEc2Faults();
  const states = createInstanceStates({ hosts: options.hosts, timings: options.timings ?? {}, onProblem });
  const kind = createCallAnswerer({
    send: moto.send,
    states,
    addresses: createSubnetAddresses(),
    faults,
    ledger: openLedger(options.ledger),
    launches: new Map(),
  });
  const answer = beUnkind({ answer: kind, send: moto.send }, options.unkindness ?? {});

  const server = createServer((request, response) => {
    void (async (): Promise<void> => {
      const call = await readCall(request);
      const result = await answer(call).catch((error: unknown) => {
        onProblem(`${call.action}: ${error instanceof Error ? error.message : String(error)}`);
        return ec2Refusal(500, 'InternalError', 'An internal error has occurred');
      });
      if (result.status < 300 && faults.takeLostAnswer(call.action)) {
        request.socket.destroy();
        return;
      }
      response.writeHead(result.status, { 'content-type': result.contentType }).end(result.body);
    })().catch(() => request.socket.destroy());
  });
  // an idle connection that is closed as the next request leaves would look like an answer that was lost
  server.keepAliveTimeout = 10 * 60_000;
  try {
    await listen(server, options.port);
  } catch (error) {
    await moto.close();
    throw new RolloutError('CommandFailed', `EC2 emulator: cannot listen on 127.0.0.1:${String(options.port)}`, {
      cause: error,
    });
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    motoPid: moto.pid,
    async close() {
      states.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await moto.close();
    },
  };
}

async function readCall(request: IncomingMessage): Promise<Ec2Call> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return readEc2Call({
    method: request.method ?? 'POST',
    path: request.url ?? '/',
    headers: Object.fromEntries(headers),
    body: await text(request),
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
