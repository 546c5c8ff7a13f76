import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloneImageStore } from '../../../rehearsal/kubernetes/image-store.js';
import { findKubernetesStore } from '../../../rehearsal/kubernetes/kubernetes-store.js';
import { mustRun } from '../../../systems/process.js';

const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'groundswell');
const found = await findKubernetesStore(cacheDir);
const skipReason = found === undefined ? ` (skipped: no Kubernetes store in ${cacheDir}; npm start makes it)` : '';

describe.skipIf(found === undefined)(`ensureKubernetesStore${skipReason}`, () => {
  const store = () => found ?? expect.fail('no store');

  it('has every image that kubeadm and the flannel manifest ask for', async () => {
    const { bin, versions, flannelManifest, imageNames } = store();
    const listed = await mustRun(join(bin, 'kubeadm'), [
      'config',
      'images',
      'list',
      `--kubernetes-version=v${versions.kubernetes}`,
    ]);
    const manifest = await readFile(flannelManifest, 'utf8');
    const flannel = [...manifest.matchAll(/image: (\S+)/g)].map((match) => match[1] ?? '');

    expect(flannel.length).toBeGreaterThan(1);
    expect(imageNames).toEqual(expect.arrayContaining([...listed.split('\n'), ...flannel]));
  });

  it('has packages whose links lead to programs', async () => {
    const { packages } = store();
    const debs = (await readdir(packages)).filter((name) => name.endsWith('.deb'));
    const listings = await Promise.all(debs.map((deb) => mustRun('dpkg-deb', ['--contents', join(packages, deb)])));
    const targets = [...listings.join('\n').matchAll(/ -> (\/\S+)/g)].map((match) => match[1] ?? '');

    expect(debs).toHaveLength(6);
    expect(targets.length).toBeGreaterThan(10);
    for (const target of targets) expect((await stat(target)).mode & 0o111, target).toBe(0o111);
  });

  it('gives each host an image store of its own that costs next to nothing', async () => {
    const target = await mkdtemp(join(cacheDir, 'clone-test-'));
    try {
      await cloneImageStore(store().imageStore, target);
      const blobs = 'io.containerd.content.v1.content/blobs/sha256';
      const [blob = ''] = await readdir(join(target, blobs));
      const inode = async (root: string, path: string): Promise<number> => (await stat(join(root, path))).ino;
      const database = 'io.containerd.metadata.v1.bolt/meta.db';

      expect(await inode(target, join(blobs, blob))).toBe(await inode(store().imageStore, join(blobs, blob)));
      expect(await inode(target, database)).not.toBe(await inode(store().imageStore, database));
    } finally {
      await rm(target, { recursive: true });
    }
  });

  it('runs the one binary under the name it is called by, and refuses other names', async () => {
    const { bin } = store();
    const other = await mkdtemp(join(tmpdir(), 'kube-name-'));

    expect(await mustRun(join(bin, 'kubelet'), ['--version'])).toBe(`Kubernetes v${store().versions.kubernetes}`);
    await mustRun('ln', ['-s', join(bin, 'kube'), join(other, 'kubeless')]);
    await expect(mustRun(join(other, 'kubeless'), [])).rejects.toThrow('there is no program "kubeless"');
    await rm(other, { recursive: true });
  });
});
