import { open } from 'node:fs/promises';
import { z } from 'zod';
import { imageNameAnnotation, manifestMediaType } from './oci-layout.js';
import { tarEntries, type TarEntry } from './tar-entries.js';

/** Part of a file that answers a registry request. */
export interface RegistryAnswer extends TarEntry {
  readonly contentType: string;
  readonly digest: string;
}

/** Finds what a path of the distribution API (`/v2/…`) means; `undefined` for what is not there. */
export interface ImageRegistry {
  find(path: string): RegistryAnswer | undefined;
}

const indexFile = z.object({
  manifests: z.array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()) })),
});

/**
 * Reads an archive of an OCI image layout as a pull-only registry. A mirror gets the repository without the host
 * (`/v2/pause/manifests/3.10.2` for registry.k8s.io/pause:3.10.2), so that one registry stands for all hosts.
 */
export async function openImageRegistry(archive: string): Promise<ImageRegistry> {
  const entries = await tarEntries(archive);
  const index = indexFile.parse(JSON.parse(await readEntry(archive, entries.get('index.json'))));
  const tags = new Map<string, string>();
  const manifests = new Set<string>();
  for (const manifest of index.manifests) {
    const name = manifest.annotations[imageNameAnnotation] ?? '';
    const colon = name.lastIndexOf(':');
    tags.set(`${name.slice(name.indexOf('/') + 1, colon)} ${name.slice(colon + 1)}`, manifest.digest);
    manifests.add(manifest.digest);
  }
  return {
    find(path) {
      const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path);
      if (match === null) return undefined;
      const [, repository = '', kind, reference = ''] = match;
      const digest = reference.startsWith('sha256:') ? reference : tags.get(`${repository} ${reference}`);
      if (digest === undefined || (kind === 'manifests') !== manifests.has(digest)) return undefined;
      const entry = entries.get(`blobs/sha256/${digest.slice('sha256:'.length)}`);
      if (entry === undefined) return undefined;
      return { ...entry, digest, contentType: kind === 'manifests' ? manifestMediaType : 'application/octet-stream' };
    },
  };
}

async function readEntry(archive: string, entry: TarEntry | undefined): Promise<string> {
  if (entry === undefined) return '{}';
  const file = await open(archive);
  try {
    const content = Buffer.alloc(entry.sizeBytes);
    await file.read(content, 0, entry.sizeBytes, entry.offset);
    return content.toString('utf8');
  } finally {
    await file.close();
  }
}
