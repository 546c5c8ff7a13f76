import { Agent, request as httpsRequest } from 'node:https';
import type { ApiConnection } from './kubeconfig.js';

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: string;
  /** Header Retry-After, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Sends requests to one API server. Returns its answers, and throws network errors, unchanged. */
export type ApiTransport = (request: ApiRequest) => Promise<ApiResponse>;

/** A request without a whole answer by then counts as lost: the host may be gone without closing its connections. */
const requestTimeoutMs = 20_000;

/**
 * Creates a transport over HTTPS, with kept-alive connections, and the client certificate or token of the connection.
 */
export function createApiTransport(connection: ApiConnection): ApiTransport {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    rejectUnauthorized: !connection.insecure,
    ...(connection.authority === undefined ? {} : { ca: connection.authority }),
    ...(connection.certificate === undefined ? {} : { cert: connection.certificate }),
    ...(connection.key === undefined ? {} : { key: connection.key }),
    ...(connection.serverName === undefined ? {} : { servername: connection.serverName }),
  });
  return (request) => send({ connection, agent, request });
}

function send(input: { connection: ApiConnection; agent: Agent; request: ApiRequest }): Promise<ApiResponse> {
  const { connection, agent, request } = input;
  const deadline = AbortSignal.timeout(requestTimeoutMs);
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        host: connection.host,
        port: connection.port,
        agent,
        method: request.method,
        path: request.path,
        headers: headersOf(connection, request),
        signal: request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const retryAfterSeconds = Number(response.headers['retry-after']);
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            ...(retryAfterSeconds > 0 ? { retryAfterMs: retryAfterSeconds * 1_000 } : {}),
          });
        });
      },
    );
    sent.on('error', (error) => {
      reject(deadline.aborted ? new Error(`no answer within ${requestTimeoutMs / 1_000} s`) : error);
    });
    sent.end(request.body);
  });
}

function headersOf(connection: ApiConnection, request: ApiRequest): Record<string, string | number> {
  return {
    accept: 'application/json',
    'user-agent': 'groundswell',
    ...(connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` }),
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
    ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
  };
}
