import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** The way to a bucket. */
export interface S3Connection {
  /** Region of the bucket; the client follows a bucket in another region. */
  readonly region: string;
  /** Base URL of a store that speaks S3, with the bucket in its paths. Default: S3 itself. */
  readonly endpoint?: string | undefined;
  /** Default: the SDK's own chain (environment, profiles, instance role). */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']> | undefined;
}

/** Creates a client that repeats requests by itself: all our requests may arrive twice. */
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
