import { parse, stringify } from 'yaml';
import { isRecord } from '../../model/is-record.js';
import { listAt, textAt, valueAt } from '../../model/json-value.js';
import { RolloutError } from '../../model/rollout-error.js';

/** The way to one API server, and our credentials for it. Secret: never log it. */
export interface ApiConnection {
  /** TCP address. */
  readonly host: string;
  readonly port: number;
  /** Name that the server's certificate must carry, if it is not `host`. */
  readonly serverName?: string;
  /** PEM of the authority that signs the server's certificate. */
  readonly authority?: string;
  /** PEM of our certificate and key. */
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
  /** Accepts any certificate; set only for throw-away control planes on loopback. */
  readonly insecure: boolean;
}

/**
 * Reads the connection of the current context of a kubeconfig. Accepts only inline data, as kubeadm writes it.
 * Fails with `KubernetesUnavailable` when the text is not a usable kubeconfig.
 */
export function parseKubeconfig(text: string): ApiConnection {
  const { cluster, user } = currentContext(document(text));
  const server = textAt(cluster, 'server');
  if (server === undefined || !URL.canParse(server)) throw unusable('the cluster of its current context has no server');
  const url = new URL(server);
  if (url.protocol !== 'https:') throw unusable(`expected an https server, found ${url.protocol}//`);
  const serverName = textAt(cluster, 'tls-server-name');
  const authority = decoded(cluster, 'certificate-authority-data');
  const certificate = decoded(user, 'client-certificate-data');
  const key = decoded(user, 'client-key-data');
  const token = textAt(user, 'token');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 443 : Number(url.port),
    insecure: valueAt(cluster, 'insecure-skip-tls-verify') === true,
    ...(serverName === undefined ? {} : { serverName }),
    ...(authority === undefined ? {} : { authority }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined ? {} : { token }),
  };
}

/**
 * Rewrites a kubeconfig for use from outside: every cluster gets the server `address`, port 6443, and its certificate
 * must carry the name `endpoint`. Fails with `KubernetesUnavailable` when the text is not a kubeconfig.
 */
export function kubeconfigFor(text: string, input: { readonly address: string; readonly endpoint: string }): string {
  const config = document(text);
  const host = input.address.includes(':') ? `[${input.address}]` : input.address;
  const clusters = listAt(config, 'clusters').map((entry) => ({
    ...(isRecord(entry) ? entry : {}),
    cluster: {
      ...record(valueAt(entry, 'cluster')),
      server: `https://${host}:6443`,
      'tls-server-name': input.endpoint,
    },
  }));
  return stringify({ ...config, clusters }, { lineWidth: 0 });
}

function document(text: string): Readonly<Record<string, unknown>> {
  const config = yamlOf(text);
  if (!isRecord(config) || listAt(config, 'clusters').length === 0) {
    throw unusable(`expected one that names a cluster, found a text that begins with '${beginOf(text)}'`);
  }
  return config;
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // the parser's message may quote a key
    return undefined;
  }
}

/** The first line, without any part that looks like a key. */
function beginOf(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  return line
    .trim()
    .slice(0, 120)
    .replaceAll(/[A-Za-z0-9+/=_.-]{24,}/g, '***');
}

function currentContext(config: unknown): { cluster: unknown; user: unknown } {
  const context = named(config, 'contexts', textAt(config, 'current-context'));
  return {
    cluster: valueAt(named(config, 'clusters', textAt(context, 'context', 'cluster')), 'cluster'),
    user: valueAt(named(config, 'users', textAt(context, 'context', 'user')), 'user'),
  };
}

function named(config: unknown, list: string, name: string | undefined): unknown {
  const entry = listAt(config, list).find((item) => textAt(item, 'name') === name);
  if (name === undefined || entry === undefined) throw unusable(`its ${list} have no entry ${name ?? '(none named)'}`);
  return entry;
}

function decoded(value: unknown, key: string): string | undefined {
  const data = textAt(value, key);
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function unusable(why: string): RolloutError {
  return new RolloutError('KubernetesUnavailable', `kubeconfig: groundswell cannot use it: ${why}`);
}
