import { createServer, type IncomingMessage, type Server } from 'node:http';
import { RolloutError } from '../../model/rollout-error.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { refusalCode } from '../../systems/ec2/call-ec2.js';
import { withStatus } from './kubernetes/object-status.js';
import type { SimulatedSystems } from './simulated-systems.js';
import type { World } from './world.js';

/** One call that reached the simulated outside. */
export interface OutsideCall {
  readonly system: string;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Who calls, as the caller says; empty when it does not. */
  readonly caller: string;
  /** Aborted when the caller is gone before it has its answer. */
  readonly gone: AbortSignal;
}

/** Stands before every call: a test holds it up, answers late, or loses the answer. */
export type Passage = (call: OutsideCall, perform: () => Promise<unknown>) => Promise<unknown>;

/** Thrown by a passage: the connection breaks, and the caller never learns what became of its call. */
export class AnswerLost extends Error {}

/**
 * Serves simulated systems over HTTP on loopback, so that they outlive the worker. `POST /<system>/<method>` takes the
 * arguments as a JSON list. `GET /kubectl/nodes`, `/kubectl/deployments` or `/kubectl/configmaps` only looks. A failure
 * is told with its type, and becomes the same `RolloutError` at the caller.
 */
export async function serveSystems({
  world,
  systems,
  passage = (_, perform) => perform(),
}: {
  readonly world: World;
  readonly systems: SimulatedSystems;
  /** Default: none. */
  readonly passage?: Passage;
}): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200).end(JSON.stringify({ items: listAll(world, request.url ?? '') }));
      return;
    }
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort(new Error('the caller is gone'));
    });
    void readCall(request, gone.signal)
      .then((call) => passage(call, () => perform(systems, call)))
      .then(
        (result) => response.writeHead(200).end(JSON.stringify({ result })),
        (error: unknown) => {
          if (error instanceof AnswerLost) {
            request.socket.destroy();
            return;
          }
          const { type, message, log } =
            error instanceof RolloutError ? error : { type: 'Unexpected', message: String(error), log: undefined };
          response.writeHead(500).end(JSON.stringify({ type, message, log, code: refusalCode(error) }));
        },
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const kinds: Readonly<Record<string, string>> = {
  '/kubectl/nodes': 'Node',
  '/kubectl/deployments': 'Deployment',
  '/kubectl/configmaps': 'ConfigMap',
};

/** What `kubectl get <kind> -A -o json` would list. */
function listAll(world: World, url: string): readonly KubernetesObject[] {
  const objects = [...world.things.objects.values()].filter(({ kind }) => kind === kinds[url]);
  return objects.map((object) => withStatus(world, object));
}

async function readCall(request: IncomingMessage, gone: AbortSignal): Promise<OutsideCall> {
  const [, system = '', method = ''] = (request.url ?? '').split('/');
  const caller = request.headers['x-caller'];
  return { system, method, args: await readArguments(request), caller: String(caller ?? ''), gone };
}

async function perform(systems: SimulatedSystems, { system: name, method, args, gone }: OutsideCall): Promise<unknown> {
  if (name === 'kubernetes') {
    const [target, connection, ...rest] = args;
    const kubernetes = await call(systems.kubernetesAccess, 'connect', [target, connection]);
    return call(kubernetes, method, rest);
  }
  const system = new Map<string, unknown>(Object.entries(systems)).get(name);
  const result = await call(system, method, name === 'ansible' ? [...args, { signal: gone }] : args);
  // what cannot travel: a connection; the caller makes its own
  return name === 'kubernetesAccess' && method === 'connect' ? result !== undefined : result;
}

async function call(system: unknown, method: string, args: readonly unknown[]): Promise<unknown> {
  const found: unknown = typeof system === 'object' && system !== null ? Reflect.get(system, method) : undefined;
  if (typeof found === 'function') return Reflect.apply(found, system, args);
  throw new RolloutError('Unexpected', `simulated outside: no method ${method}`);
}

async function readArguments(request: IncomingMessage): Promise<readonly unknown[]> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const args: unknown = JSON.parse(body);
  const list: readonly unknown[] = Array.isArray(args) ? args : [];
  return list;
}
