import { z } from 'zod';
import { RolloutError } from '../model/rollout-error.js';
import type { ArtifactStore } from '../systems/artifacts/artifacts.js';
import type { S3Connection } from '../systems/artifacts/s3-client.js';
import { createFolderArtifacts } from '../systems/artifacts/folder-artifacts.js';
import type { Target } from './target.js';

export type { ArtifactStore };

/** The place of the artifacts. */
export type ArtifactPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      readonly prefix: string;
      readonly connection: Pick<S3Connection, 'region' | 'endpoint'>;
    };

/**
 * Reads `GROUNDSWELL_ARTIFACTS`: a folder, or `s3://bucket/prefix`. `?region=` names the region of the bucket if it is
 * not AWS_REGION; `?endpoint=` names another store that speaks S3. Fails with `InputInvalid`.
 */
export function artifactPlace(text: string, region = 'us-east-1'): ArtifactPlace {
  if (!/^[a-z0-9]+:\/\//i.test(text)) return { kind: 'folder', folder: text };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const asked = Options.safeParse(Object.fromEntries(url?.searchParams ?? []));
  if (url?.protocol !== 's3:' || !bucketName.test(url.hostname) || !asked.success) {
    throw new RolloutError(
      'InputInvalid',
      `GROUNDSWELL_ARTIFACTS: expected a folder or s3://bucket/prefix (?region=…&endpoint=…), found ${text}`,
    );
  }
  const path = url.pathname.replaceAll(/^\/+|\/+$/g, '');
  return {
    kind: 'bucket',
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    connection: { region: asked.data.region ?? region, endpoint: asked.data.endpoint },
  };
}

const Options = z.strictObject({ region: z.string().min(1).optional(), endpoint: z.url().optional() });
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Returns the artifact store of a target. Connects only at the first use. Fails with `InputInvalid`. */
export async function artifactsOf(target: Pick<Target, 'artifacts' | 'awsRegion'>): Promise<ArtifactStore> {
  const place = artifactPlace(target.artifacts, target.awsRegion);
  if (place.kind === 'folder') return createFolderArtifacts(place.folder);
  // commands without a bucket do not load the SDK
  const { createS3Client } = await import('../systems/artifacts/s3-client.js');
  const { createBucketArtifacts } = await import('../systems/artifacts/bucket-artifacts.js');
  return createBucketArtifacts(createS3Client(place.connection), place);
}
