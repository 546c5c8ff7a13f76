import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RolloutError } from '../../model/rollout-error.js';
import { openImageRegistry, type ImageRegistry } from './image-registry.js';
import type { KubernetesStore } from './kubernetes-store.js';

export interface PackageServerInput {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  readonly store: Pick<KubernetesStore, 'packages' | 'images' | 'flannelManifest'>;
}

/** A running package server. */
export interface PackageServer {
  readonly port: number;
  /** Ends it, and the connections that are open. */
  close(): Promise<void>;
}

/**
 * Serves a store to hosts over plain HTTP. The apt repository is under `/packages/` (`deb [trusted=yes]
 * http://ADDRESS:PORT/packages/ ./`) and the manifest of the pod network is `/kube-flannel.yml`. The images are a
 * pull-only registry under `/v2/`, for all registries' names at once. GET and HEAD only. Fails with `CommandFailed`
 * when it cannot listen.
 */
export async function startPackageServer(input: PackageServerInput): Promise<PackageServer> {
  const registry = await openImageRegistry(input.store.images);
  const server = createServer((request, response) => {
    answer(request, response, input, registry).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const where = `${input.address}:${String(input.port)}`;
      reject(
        new RolloutError('CommandFailed', `package server: cannot listen on ${where}: ${cause.message}`, { cause }),
      );
    });
    server.listen(input.port, input.address, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : input.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  input: PackageServerInput,
  registry: ImageRegistry,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://server').pathname);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  if (path === '/v2/' || path === '/v2') {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    return;
  }
  const found = path.startsWith('/v2/') ? fromRegistry(path, input, registry) : await fromPackages(path, input);
  if (found === undefined) {
    response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"errors":[{"code":"NOT_FOUND"}]}');
    return;
  }
  response.writeHead(200, { ...found.headers, 'Content-Length': found.sizeBytes });
  if (request.method === 'HEAD' || found.sizeBytes === 0) {
    response.end();
    return;
  }
  const part = { start: found.offset, end: found.offset + found.sizeBytes - 1, highWaterMark: 1024 * 1024 };
  await pipeline(createReadStream(found.file, part), response);
}

interface FilePart {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly headers: Readonly<Record<string, string>>;
}

function fromRegistry(path: string, input: PackageServerInput, registry: ImageRegistry): FilePart | undefined {
  const found = registry.find(path);
  if (found === undefined) return undefined;
  const headers = { 'Content-Type': found.contentType, 'Docker-Content-Digest': found.digest };
  return { file: input.store.images, offset: found.offset, sizeBytes: found.sizeBytes, headers };
}

/** Only plain names in the one folder: nothing above it can be reached. */
async function fromPackages(path: string, input: PackageServerInput): Promise<FilePart | undefined> {
  if (path === '/kube-flannel.yml') return plainFile(input.store.flannelManifest);
  const name = /^\/packages\/(?:\.\/)?([A-Za-z0-9_+~.:-]+)$/.exec(path)?.[1];
  if (name === undefined || name.startsWith('.')) return undefined;
  return plainFile(join(input.store.packages, name));
}

async function plainFile(file: string): Promise<FilePart | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  const headers = { 'Content-Type': 'application/octet-stream', 'Last-Modified': found.mtime.toUTCString() };
  return { file, offset: 0, sizeBytes: found.size, headers };
}
