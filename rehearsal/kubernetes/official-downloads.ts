import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun } from '../../systems/process.js';
import { kubePrograms } from './build-programs.js';
import type { KubernetesVersions } from './kubernetes-versions.js';
import { withProgress, type ProgressListener } from './progress.js';

/** An archive of a project's own release, and where that project publishes its hash. */
export interface OfficialArchive {
  readonly name: string;
  readonly url: string;
  readonly checksumUrl: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** Paths in the archive of the programs to take; each lands in `bin` under its own name. */
  readonly programs: readonly string[];
  readonly expectation: string;
}

/** Hosts of the projects' releases. Tests put a server of their own here. */
export interface OfficialPlaces {
  readonly kubernetes: string;
  readonly github: string;
}

export const officialPlaces: OfficialPlaces = { kubernetes: 'https://dl.k8s.io', github: 'https://github.com' };

/** The archives of Kubernetes, etcd and CoreDNS. flannel publishes no hashes, so that it is built from its module. */
export function officialArchives(versions: KubernetesVersions, places: OfficialPlaces): readonly OfficialArchive[] {
  const server = `${places.kubernetes}/v${versions.kubernetes}/kubernetes-server-linux-amd64.tar.gz`;
  const etcd = `${places.github}/etcd-io/etcd/releases/download/v${versions.etcd}`;
  const etcdFolder = `etcd-v${versions.etcd}-linux-amd64`;
  const coredns = `${places.github}/coredns/coredns/releases/download/v${versions.coredns}/coredns_${versions.coredns}_linux_amd64.tgz`;
  return [
    {
      name: 'kubernetes',
      url: server,
      checksumUrl: `${server}.sha512`,
      algorithm: 'sha512',
      programs: kubePrograms.map((program) => `kubernetes/server/bin/${program}`),
      expectation: 'about 400 MB',
    },
    {
      name: 'etcd',
      url: `${etcd}/${etcdFolder}.tar.gz`,
      checksumUrl: `${etcd}/SHA256SUMS`,
      algorithm: 'sha256',
      programs: [`${etcdFolder}/etcd`, `${etcdFolder}/etcdctl`],
      expectation: 'about 25 MB',
    },
    {
      name: 'coredns',
      url: coredns,
      checksumUrl: `${coredns}.sha256`,
      algorithm: 'sha256',
      programs: ['coredns'],
      expectation: 'about 20 MB',
    },
  ];
}

/** Whether every archive is there: one HEAD each, all at once. `undefined` when yes, else the first reason why not. */
export async function whyNotOfficial(
  archives: readonly OfficialArchive[],
  timeoutMs = 3000,
): Promise<string | undefined> {
  const reasons = await Promise.all(archives.map((archive) => probe(archive.url, timeoutMs)));
  return reasons.find((reason) => reason !== undefined);
}

async function probe(url: string, timeoutMs: number): Promise<string | undefined> {
  const { host } = new URL(url);
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? undefined : `${host} answers ${String(response.status)}`;
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return timedOut ? `${host} does not answer within ${String(timeoutMs / 1000)} s` : `${host} cannot be reached`;
  }
}

export interface DownloadInput {
  readonly archives: readonly OfficialArchive[];
  readonly workDir: string;
  readonly binDir: string;
  readonly onProgress: ProgressListener;
}

/**
 * Downloads archives, checks each against its project's published hash, and puts their programs into `binDir`.
 * Fails with `CommandFailed` when an archive cannot be had or its hash is another one.
 */
export async function downloadPrograms(input: DownloadInput): Promise<void> {
  await mkdir(input.workDir, { recursive: true });
  await mkdir(input.binDir, { recursive: true });
  for (const [index, archive] of input.archives.entries()) {
    await withProgress({
      what: `downloading ${archive.name}`,
      expectation: `${String(index + 1)} of ${String(input.archives.length)}, ${archive.expectation}`,
      onProgress: input.onProgress,
      work: () => downloadArchive(archive, input),
    });
  }
  await rm(input.workDir, { recursive: true, force: true });
}

async function downloadArchive(archive: OfficialArchive, input: DownloadInput): Promise<void> {
  const file = join(input.workDir, basename(archive.url));
  const expected = publishedHash(await (await get(archive.checksumUrl)).text(), basename(archive.url));
  if (expected === undefined) {
    throw new RolloutError(
      'CommandFailed',
      `${archive.checksumUrl}: expected a hash of ${basename(archive.url)}, found none`,
    );
  }
  const { body } = await get(archive.url);
  if (body === null) throw new RolloutError('CommandFailed', `${archive.url}: empty answer`);
  await pipeline(Readable.fromWeb(body), createWriteStream(file));
  const found = await hashFile(file, createHash(archive.algorithm));
  if (found !== expected) {
    throw new RolloutError(
      'CommandFailed',
      `${archive.url}: expected ${archive.algorithm} ${expected}, found ${found}`,
    );
  }
  await mustRun('tar', ['-xzf', file, '-C', input.workDir, '--no-same-owner', ...archive.programs]);
  for (const program of archive.programs) {
    const target = join(input.binDir, basename(program));
    await mustRun('mv', [join(input.workDir, program), target]);
    await chmod(target, 0o755);
  }
  await rm(file);
}

/** The hash of a file in a checksum file: its own line of `HASH  NAME` lines, or the only word there is. */
export function publishedHash(text: string, fileName: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const own = lines.find((words) => words.length === 2 && words[1]?.replace(/^\*/, '') === fileName);
  if (own !== undefined) return own[0];
  return lines.length === 1 && lines[0]?.length === 1 && lines[0][0] !== '' ? lines[0][0] : undefined;
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new RolloutError('CommandFailed', `${url}: ${error instanceof Error ? error.message : 'no answer'}`, {
      cause: error,
    });
  });
  if (!response.ok) throw new RolloutError('CommandFailed', `${url}: expected 200, found ${String(response.status)}`);
  return response;
}

async function hashFile(file: string, hash: Hash): Promise<string> {
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
