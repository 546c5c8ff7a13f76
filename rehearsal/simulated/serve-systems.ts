import { createServer, type IncomingMessage, type Server } from 'node:http';
import { RolloutError } from '../../model/rollout-error.js';
import type { KubernetesObject } from '../../model/kubernetes-object.js';
import { withStatus } from './object-status.js';
import type { SimulatedSystems } from './simulated-systems.js';
import type { World } from './world.js';

/**
 * Serves simulated systems over HTTP on loopback, so that they outlive the worker: `POST /<system>/<method>` with the
 * arguments as a JSON list, and `GET /kubectl/nodes` or `/kubectl/deployments` for who only looks. A failure is told with its type, and becomes the same `RolloutError` at the caller.
 */
export async function serveSystems({
  world,
  systems,
}: {
  readonly world: World;
  readonly systems: SimulatedSystems;
}): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200).end(JSON.stringify({ items: listAll(world, request.url ?? '') }));
      return;
    }
    // a caller that dies lets go of what it asked for
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    void answer(systems, request, gone.signal).then(
      (result) => response.writeHead(200).end(JSON.stringify({ result })),
      (error: unknown) => {
        const { type, message, log } =
          error instanceof RolloutError ? error : { type: 'Unexpected', message: String(error), log: undefined };
        response.writeHead(500).end(JSON.stringify({ type, message, log }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const kinds: Readonly<Record<string, string>> = { '/kubectl/nodes': 'Node', '/kubectl/deployments': 'Deployment' };

/** What `kubectl get <kind> -A -o json` would list. */
function listAll(world: World, url: string): readonly KubernetesObject[] {
  const objects = [...world.things.objects.values()].filter(({ kind }) => kind === kinds[url]);
  return objects.map((object) => withStatus(world, object));
}

async function answer(systems: SimulatedSystems, request: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  const [, name = '', method = ''] = (request.url ?? '').split('/');
  const args = await readArguments(request);
  if (name === 'kubernetes') {
    const [target, connection, ...rest] = args;
    const kubernetes = await call(systems.kubernetesAccess, 'connect', [target, connection]);
    return call(kubernetes, method, rest);
  }
  const system = new Map<string, unknown>(Object.entries(systems)).get(name);
  const result = await call(system, method, name === 'ansible' ? [...args, { signal }] : args);
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
