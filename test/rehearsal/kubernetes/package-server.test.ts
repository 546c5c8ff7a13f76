import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeLayer } from '../../../rehearsal/kubernetes/image-layer.js';
import { ociLayout } from '../../../rehearsal/kubernetes/oci-layout.js';
import { startPackageServer, type PackageServer } from '../../../rehearsal/kubernetes/package-server.js';
import { mustRun } from '../../../systems/process.js';

let dir = '';
let server: PackageServer;
let url = '';
let layerDigest = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'package-server-'));
  const blobs = join(dir, 'layout', 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const layer = await writeLayer({ '/etc/motd': { kind: 'text', text: 'hello\n' } }, blobs);
  layerDigest = layer.digest;
  const layout = ociLayout([{ name: 'registry.k8s.io/coredns/coredns:v1', layers: [layer], entrypoint: ['/coredns'] }]);
  for (const blob of layout.blobs) await writeFile(join(blobs, blob.digest.slice(7)), blob.content);
  await writeFile(join(dir, 'layout', 'index.json'), layout.index);
  await mustRun('tar', ['-cf', join(dir, 'images.tar'), '-C', join(dir, 'layout'), 'index.json', 'blobs']);
  await mkdir(join(dir, 'packages'));
  await writeFile(join(dir, 'packages', 'Packages'), 'Package: kubelet\n');
  const store = {
    packages: join(dir, 'packages'),
    images: join(dir, 'images.tar'),
    flannelManifest: join(dir, 'kube-flannel.yml'),
  };
  server = await startPackageServer({ address: '127.0.0.1', port: 0, store });
  url = `http://127.0.0.1:${String(server.port)}`;
});
afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

describe('startPackageServer', () => {
  it('serves the apt repository, also with the ./ that apt puts before names', async () => {
    expect(await (await fetch(`${url}/packages/Packages`)).text()).toBe('Package: kubelet\n');
    expect(await rawStatus('/packages/./Packages')).toBe(200);
    expect((await fetch(`${url}/packages/Packages.gz`)).status).toBe(404);
  });

  it('serves nothing outside the repository', async () => {
    await writeFile(join(dir, 'secret'), 'no');

    expect(await rawStatus('/packages/../secret')).toBe(404);
    expect(await rawStatus('/packages/%2e%2e/secret')).toBe(404);
    expect(await rawStatus('/packages/..%2fsecret')).toBe(404);
  });

  it('resolves a tag to its manifest and serves blobs by digest', async () => {
    const manifest = await fetch(`${url}/v2/coredns/coredns/manifests/v1?ns=registry.k8s.io`);
    const digest = manifest.headers.get('docker-content-digest') ?? '';
    const body = await manifest.text();

    expect(manifest.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(await (await fetch(`${url}/v2/coredns/coredns/manifests/${digest}`)).text()).toBe(body);
    expect(body).toContain(layerDigest);
    const layer = Buffer.from(await (await fetch(`${url}/v2/coredns/coredns/blobs/${layerDigest}`)).arrayBuffer());
    expect(layer.length % 512).toBe(0);
    expect(layer.includes('hello\n')).toBe(true);
  });

  it('answers HEAD with the length and no body', async () => {
    const head = await fetch(`${url}/v2/coredns/coredns/blobs/${layerDigest}`, { method: 'HEAD' });

    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(511);
    expect(await head.text()).toBe('');
  });

  it('knows the version check, and answers 404 and 405 as the distribution API does', async () => {
    expect((await fetch(`${url}/v2/`)).status).toBe(200);
    expect((await fetch(`${url}/v2/coredns/coredns/manifests/v2`)).status).toBe(404);
    expect((await fetch(`${url}/v2/coredns/coredns/blobs/sha256:${'0'.repeat(64)}`)).status).toBe(404);
    expect((await fetch(`${url}/v2/coredns/coredns/blobs/uploads/`, { method: 'POST' })).status).toBe(405);
  });

  it('says where it cannot listen', async () => {
    const store = {
      packages: join(dir, 'packages'),
      images: join(dir, 'images.tar'),
      flannelManifest: join(dir, 'kube-flannel.yml'),
    };
    const second = startPackageServer({ address: '127.0.0.1', port: server.port, store });

    await expect(second).rejects.toThrow(`package server: cannot listen on 127.0.0.1:${String(server.port)}`);
  });
});

/** `fetch` would resolve the dots itself. */
function rawStatus(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
