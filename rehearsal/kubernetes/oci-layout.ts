import { createHash } from 'node:crypto';
import type { Blob } from './image-layer.js';

/** An image to be: its name with registry and tag, its layers from the bottom up, what it runs. */
export interface ImageRecipe {
  readonly name: string;
  readonly layers: readonly Blob[];
  readonly entrypoint: readonly string[];
}

/** A small blob with its content. */
export interface TextBlob extends Blob {
  readonly content: string;
}

const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/** Content type of an OCI image manifest. */
export const manifestMediaType = mediaTypes.manifest;

/** The annotation by which containerd takes an image's whole name from a layout. */
export const imageNameAnnotation = 'io.containerd.image.name';

const platform = { architecture: 'amd64', os: 'linux' };

/**
 * The texts of an OCI image layout (image-spec 1.1) with these images: configs and manifests as blobs, and index.json.
 * Layers are uncompressed, so that a layer's digest is also its diff id.
 */
export function ociLayout(images: readonly ImageRecipe[]): {
  readonly blobs: readonly TextBlob[];
  readonly index: string;
} {
  const blobs = new Map<string, TextBlob>();
  const add = (value: unknown): TextBlob => {
    const blob = textBlob(JSON.stringify(value));
    blobs.set(blob.digest, blob);
    return blob;
  };
  const manifests = images.map((image) => {
    const config = add(imageConfig(image));
    const manifest = add(imageManifest(image, config));
    return { ...descriptor(mediaTypes.manifest, manifest), platform, annotations: annotations(image.name) };
  });
  return { blobs: [...blobs.values()], index: JSON.stringify({ schemaVersion: 2, manifests }) };
}

function imageConfig(image: ImageRecipe): unknown {
  return {
    ...platform,
    config: {
      Entrypoint: image.entrypoint,
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    },
    rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => layer.digest) },
  };
}

function imageManifest(image: ImageRecipe, config: Blob): unknown {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptor(mediaTypes.config, config),
    layers: image.layers.map((layer) => descriptor(mediaTypes.layer, layer)),
  };
}

function descriptor(mediaType: string, blob: Blob): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: blob.digest, size: blob.sizeBytes };
}

function annotations(name: string): Readonly<Record<string, string>> {
  return { [imageNameAnnotation]: name, 'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1) };
}

function textBlob(content: string): TextBlob {
  const hex = createHash('sha256').update(content).digest('hex');
  return { digest: `sha256:${hex}`, sizeBytes: Buffer.byteLength(content), content };
}
