import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustRun } from '../../systems/process.js';

/** The content of one path of an image. Programs and files are owned by root; files are 0755, texts 0644. */
export type LayerEntry =
  | { readonly kind: 'file'; readonly from: string }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'folder'; readonly mode: number };

/** Absolute path in the image → what is there. Folders above it are made as needed. */
export type LayerFiles = Readonly<Record<string, LayerEntry>>;

/** A file of an OCI layout, named by its content. */
export interface Blob {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Writes files as one uncompressed layer into `blobsDir` (a folder `blobs/sha256`). The same files give the same digest. */
export async function writeLayer(files: LayerFiles, blobsDir: string): Promise<Blob> {
  const stage = join(blobsDir, '..', '..', 'stage');
  const archive = join(blobsDir, '..', '..', 'layer.tar');
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  for (const [path, entry] of Object.entries(files)) await stageEntry(join(stage, path), entry);
  const reproducible = [
    '--sort=name',
    '--format=gnu',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mtime=@0',
    '--mode=go+rX',
  ];
  await mustRun('tar', [...reproducible, '--hard-dereference', '-cf', archive, '-C', stage, '.']);
  await rm(stage, { recursive: true });
  return storeBlob(archive, blobsDir);
}

async function stageEntry(path: string, entry: LayerEntry): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  switch (entry.kind) {
    case 'file':
      return stageFile(entry.from, path);
    case 'link':
      return symlink(entry.to, path);
    case 'text':
      return writeFile(path, entry.text, { mode: 0o644 });
    case 'folder':
      await mkdir(path, { recursive: true });
      return chmod(path, entry.mode);
  }
}

/** A hard link where the mode is right and the disk is the same: programs of 150 MB need no copy. */
async function stageFile(from: string, to: string): Promise<void> {
  const linked =
    ((await stat(from)).mode & 0o777) === 0o755 &&
    (await link(from, to).then(
      () => true,
      () => false,
    ));
  if (linked) return;
  await copyFile(from, to);
  await chmod(to, 0o755);
}

async function storeBlob(file: string, blobsDir: string): Promise<Blob> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const hex = hash.digest('hex');
  const { size } = await stat(file);
  await rename(file, join(blobsDir, hex));
  return { digest: `sha256:${hex}`, sizeBytes: size };
}
