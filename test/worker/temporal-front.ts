import { readFile, writeFile } from 'node:fs/promises';
import { connect, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { mustRun } from '../../systems/process.js';

/** The only name in the certificate of a front: a client has to ask for it. */
export const serverName = 'temporal.test';

/** Paths of an authority, and of a certificate for a server and one for a client, in PEM. */
export interface Certificates {
  readonly authority: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

/** What a front asks of its clients. */
export interface Demands {
  readonly clientCertificate?: boolean;
  readonly apiKey?: string;
}

/** What stands before a Temporal server of a company: it ends TLS, and lets nobody through that it does not know. */
export interface TemporalFront {
  readonly address: string;
  /** Names of the calls that it let through: `PollWorkflowTaskQueue`. */
  readonly calls: readonly string[];
  /** Names of those that it refused. */
  readonly refused: readonly string[];
  end(): Promise<void>;
}

/** Makes an authority and what it signed, in a folder, by openssl. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): Promise<string> => mustRun('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
  );
  const signed = async (name: string, extensions: string) => {
    await writeFile(file(`${name}.ext`), `${extensions}\n`);
    await openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
    return { certificate: file(`${name}.pem`), key: file(`${name}.key`) };
  };
  return {
    authority: file('ca.pem'),
    server: await signed('server', `subjectAltName=DNS:${serverName}`),
    client: await signed('client', 'extendedKeyUsage=clientAuth'),
  };
}

/** Starts one before the server at an address, on a free port of 127.0.0.1. */
export async function startFront(to: string, certificates: Certificates, demands: Demands): Promise<TemporalFront> {
  const [calls, refused]: [string[], string[]] = [[], []];
  const behind = connect(`http://${to}`);
  behind.on('error', () => undefined);
  const server = createSecureServer({
    cert: await readFile(certificates.server.certificate),
    key: await readFile(certificates.server.key),
    ca: await readFile(certificates.authority),
    requestCert: demands.clientCertificate === true,
    rejectUnauthorized: demands.clientCertificate === true,
  });
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    const call = (headers[':path'] ?? '').split('/').at(-1) ?? '';
    const known = demands.apiKey === undefined || headers.authorization === `Bearer ${demands.apiKey}`;
    (known ? calls : refused).push(call);
    if (known) passOn(stream, behind.request(headers));
    else refuse(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  return {
    address: `127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`,
    calls,
    refused,
    async end() {
      server.close();
      for (const socket of sockets) socket.destroy();
      behind.destroy();
    },
  };
}

function passOn(stream: ServerHttp2Stream, request: ReturnType<ReturnType<typeof connect>['request']>): void {
  request.on('error', () => {
    stream.destroy();
  });
  stream.on('close', () => {
    request.close();
  });
  let trailers: IncomingHttpHeaders = {};
  request.on('response', (headers, flags) => {
    // a refusal of the server has no body, and its status among the headers
    const ended = (flags & endStream) !== 0;
    stream.respond(headers, ended ? { endStream: true } : { waitForTrailers: true });
    if (!ended) request.pipe(stream);
  });
  request.on('trailers', (found: IncomingHttpHeaders) => {
    trailers = found;
  });
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.pipe(request);
}

/** Flag of the last HTTP/2 frame of a stream. */
const endStream = 1;
/** gRPC's UNAUTHENTICATED. */
const unauthenticated = '16';

function refuse(stream: ServerHttp2Stream): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': unauthenticated,
      'grpc-message': 'the API key is not known here',
    },
    { endStream: true },
  );
}
