import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** How a bucket is reached. */
export interface S3Connection {
  /** Where the bucket is; one that is elsewhere is followed. */
  readonly region: string;
  /** Base URL of a store that speaks S3, with the bucket in its paths. Default: S3 itself. */
  readonly endpoint?: string | undefined;
  /** Default: the SDK's own chain (environment, profiles, instance role). */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']> | undefined;
}

/** Makes a client that repeats by itself: everything that we send may arrive twice. */
export function createS3Client({ region, endpoint, credentials }: S3Connection): S3Client {
  return new S3Client({
    region,
    followRegionRedirects: true,
    retryMode: 'standard',
    maxAttempts: 3,
    // the SDK waits for ever by default
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  });
}
