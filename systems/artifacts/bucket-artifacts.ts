import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RolloutError } from '../../model/rollout-error.js';
import { ec2Failure } from '../ec2/call-ec2.js';
import { checkedLogName, digestOf, sha256, wholeText } from './artifact-reference.js';
import type { ArtifactStore } from './artifacts.js';
import { classifyS3Failure, isThereAlready } from './classify-failure.js';

export interface BucketPlace {
  readonly bucket: string;
  /** Prefix of every key: `''`, or a text that ends with a slash. */
  readonly prefix: string;
}

/**
 * Stores artifacts in a bucket, one object per content, for workers on several machines. Writes an object only if none
 * has its key; S3 itself checks the digest. Growing logs are under `logs/`: let a lifecycle rule of the bucket remove
 * old ones.
 *
 * Fails with `AwsDenied`, `AwsUnavailable`, `AwsThrottled`, or `AwsRefused` (no such bucket). Needs s3:GetObject,
 * PutObject, DeleteObject and ListBucket: without the last one, S3 answers "denied" for a missing object.
 */
export function createBucketArtifacts(client: S3Client, { bucket, prefix }: BucketPlace): ArtifactStore {
  const place = `s3://${bucket}/${prefix}`;
  const logKey = (name: string): string => `${prefix}logs/${checkedLogName(name)}.log`;

  async function call<T>(key: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw s3Error(`s3://${bucket}/${key}`, error);
    }
  }
  const write = (key: string, text: string, more: Partial<PutObjectCommandInput> = {}) =>
    client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'text/plain; charset=utf-8', ...more }),
    );
  const read = (key: string): Promise<string | undefined> =>
    call(key, async () => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToString('utf-8');
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    });

  return {
    async put(text) {
      const digest = sha256(text);
      const key = prefix + digest;
      const checked = { ChecksumSHA256: Buffer.from(digest, 'hex').toString('base64') };
      const isNew = await call(key, async () => {
        try {
          await write(key, text, { ...checked, IfNoneMatch: '*' });
          return true;
        } catch (error) {
          if (isThereAlready(ec2Failure(error))) return false;
          throw error;
        }
      });
      if (!isNew && (await read(key)) !== text) await call(key, () => write(key, text, checked));
      return `sha256:${digest}`;
    },
    async get(reference) {
      const key = prefix + digestOf(reference);
      return wholeText(reference, { text: await read(key), place, path: `s3://${bucket}/${key}` });
    },
    growing: {
      pauseMs: 5_000,
      async save(name, text) {
        const key = logKey(name);
        await call(key, () => write(key, text));
      },
      read: async (name) => read(logKey(name)),
      async remove(name) {
        const key = logKey(name);
        await call(key, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
      },
    },
  };
}

function s3Error(what: string, error: unknown): RolloutError {
  const failure = ec2Failure(error);
  const line = failure.message.replaceAll(/\s+/g, ' ').slice(0, 300);
  return new RolloutError(classifyS3Failure(failure), `${what}: ${failure.code}: ${line}`, { cause: error });
}
