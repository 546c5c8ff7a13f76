import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubernetesVersions } from '../../../rehearsal/kubernetes/kubernetes-versions.js';
import {
  downloadPrograms,
  officialArchives,
  publishedHash,
  whyNotOfficial,
  type OfficialArchive,
} from '../../../rehearsal/kubernetes/official-downloads.js';
import { mustRun } from '../../../systems/process.js';

let dir = '';
let server: Server | undefined;
const served = new Map<string, Buffer>();
let place = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'official-'));
  served.clear();
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  place = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await rm(dir, { recursive: true });
});

/** Serves an archive that has each wanted program, and its checksum file. */
async function publish(archive: OfficialArchive, listedHash?: string): Promise<void> {
  const source = join(dir, `source-${archive.name}`);
  for (const program of archive.programs) {
    await mkdir(dirname(join(source, program)), { recursive: true });
    await writeFile(join(source, program), `program ${basename(program)}`);
  }
  const file = join(dir, `${archive.name}.tgz`);
  await mustRun('tar', ['-czf', file, '-C', source, ...(await readdir(source))]);
  const content = await readFile(file);
  const hash = listedHash ?? createHash(archive.algorithm).update(content).digest('hex');
  served.set(archive.url.slice(place.length), content);
  const text =
    archive.algorithm === 'sha512' ? hash : `${hash}  ${basename(archive.url)}\n${'0'.repeat(64)}  other.tgz\n`;
  served.set(archive.checksumUrl.slice(place.length), Buffer.from(text));
}

const archives = (): readonly OfficialArchive[] =>
  officialArchives(kubernetesVersions, { kubernetes: place, github: place });
const places = (): { binDir: string; workDir: string } => ({ binDir: join(dir, 'bin'), workDir: join(dir, 'work') });

describe('downloadPrograms', () => {
  it('takes the programs of archives whose hash is the published one', async () => {
    for (const archive of archives()) await publish(archive);

    await downloadPrograms({ archives: archives(), ...places(), onProgress: () => undefined });

    expect(await readdir(join(dir, 'bin'))).toEqual([
      'coredns',
      'etcd',
      'etcdctl',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-proxy',
      'kube-scheduler',
      'kubeadm',
      'kubectl',
      'kubelet',
    ]);
    expect((await stat(join(dir, 'bin', 'kubelet'))).mode & 0o777).toBe(0o755);
  });

  it('refuses an archive with another hash', async () => {
    for (const archive of archives()) await publish(archive, 'f'.repeat(64));

    const download = downloadPrograms({ archives: archives(), ...places(), onProgress: () => undefined });

    await expect(download).rejects.toThrow(
      /kubernetes-server-linux-amd64\.tar\.gz: expected sha512 f{64}, found [0-9a-f]{128}/,
    );
    expect(await readdir(join(dir, 'bin'))).toEqual([]);
  });
});

describe('whyNotOfficial', () => {
  it('has no reason when every archive is there', async () => {
    for (const archive of archives()) await publish(archive);

    expect(await whyNotOfficial(archives())).toBeUndefined();
  });

  it('says which host lacks one', async () => {
    expect(await whyNotOfficial(archives())).toMatch(/^127\.0\.0\.1:\d+ answers 404$/);
  });

  it('gives up on a host that does not answer', async () => {
    server?.removeAllListeners('request');

    expect(await whyNotOfficial(archives(), 50)).toMatch(/does not answer within 0\.05 s$/);
  });
});

describe('publishedHash', () => {
  it('finds the line of the file, or the only word', () => {
    expect(publishedHash('aa  one.tgz\nbb *two.tgz\n', 'two.tgz')).toBe('bb');
    expect(publishedHash('cc\n', 'any.tgz')).toBe('cc');
    expect(publishedHash('aa  one.tgz\nbb  two.tgz\n', 'three.tgz')).toBeUndefined();
    expect(publishedHash('', 'any.tgz')).toBeUndefined();
  });
});
