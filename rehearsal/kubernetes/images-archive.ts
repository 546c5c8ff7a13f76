import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../systems/process.js';
import { imageRecipes } from './image-recipes.js';
import type { KubernetesVersions } from './kubernetes-versions.js';
import { ociLayout } from './oci-layout.js';

export interface ImagesArchiveInput {
  readonly binDir: string;
  readonly rootfs: string;
  readonly workDir: string;
  readonly versions: KubernetesVersions;
  /** The archive to write (about 310 MB). */
  readonly archive: string;
}

/**
 * Makes every image that kubeadm, flannel and the stand-in application need, as one archive of an OCI image layout:
 * no registry and no docker. Returns the images' names.
 */
export async function writeImagesArchive(input: ImagesArchiveInput): Promise<readonly string[]> {
  const layout = join(input.workDir, 'layout');
  const blobsDir = join(layout, 'blobs', 'sha256');
  await rm(layout, { recursive: true, force: true });
  await mkdir(blobsDir, { recursive: true });
  const images = await imageRecipes({ ...input, blobsDir });
  const { blobs, index } = ociLayout(images);
  for (const blob of blobs) await writeFile(join(blobsDir, blob.digest.slice('sha256:'.length)), blob.content);
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(layout, 'index.json'), index);
  await mustRun('tar', ['--sort=name', '-cf', input.archive, '-C', layout, 'oci-layout', 'index.json', 'blobs']);
  await rm(layout, { recursive: true });
  return images.map((image) => image.name);
}
