import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RolloutError } from '../../../model/rollout-error.js';
import { startMoto, type MotoBackend } from '../../../rehearsal/ec2-emulator/moto-backend.js';
import { sha256 } from '../../../systems/artifacts/artifact-reference.js';
import type { ArtifactStore } from '../../../systems/artifacts/artifacts.js';
import { createBucketArtifacts } from '../../../systems/artifacts/bucket-artifacts.js';
import { createS3Client } from '../../../systems/artifacts/s3-client.js';
import { artifactsOf } from '../../../installation/artifact-store.js';
import { motoServer, motoSkipped } from '../../rehearsal/ec2-emulator/emulated-ec2.js';

const bucket = 'acme-artifacts';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const text = 'a plan with ümlauts\n';
const reference = `sha256:${sha256(text)}`;
const plans = { bucket, prefix: 'team/' };

describe.skipIf(motoServer === undefined)(
  `createBucketArtifacts with the real AWS SDK against moto${motoSkipped}`,
  () => {
    let dir: string;
    let moto: MotoBackend;
    let client: S3Client;
    let store: ArtifactStore;

    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'groundswell-s3-'));
      moto = await startMoto({ motoServer: motoServer ?? '', dir });
      client = createS3Client({ region: 'us-east-1', endpoint: moto.url, credentials });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
    });
    afterAll(async () => {
      client.destroy();
      await moto.close();
      await rm(dir, { recursive: true, force: true });
    });
    beforeEach(async () => {
      await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      store = createBucketArtifacts(client, plans);
    });

    const keys = async (): Promise<readonly (string | undefined)[]> => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key }) => Key);
    };
    const overwrite = (content: string) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: `team/${sha256(text)}`, Body: content }));

    it('gives back what was put, under its digest and the prefix', async () => {
      expect(await store.put(text)).toBe(reference);

      expect(await store.get(reference)).toBe(text);
      expect(await keys()).toEqual([`team/${sha256(text)}`]);
    });

    it('writes an object once, however many workers put it at the same time', async () => {
      const others = Array.from({ length: 5 }, () => createBucketArtifacts(client, plans));
      await Promise.all(others.map((other) => other.put(text)));
      const key = { Bucket: bucket, Key: `team/${sha256(text)}` };
      const { LastModified: before } = await client.send(new GetObjectCommand(key));

      const second = await client
        .send(new PutObjectCommand({ ...key, Body: 'other', IfNoneMatch: '*' }))
        .catch((error: unknown) => (error instanceof Error ? error.name : ''));
      await store.put(text);

      expect(second).toBe('PreconditionFailed');
      expect((await client.send(new GetObjectCommand(key))).LastModified).toEqual(before);
      expect(await store.get(reference)).toBe(text);
    });

    it('refuses a damaged object with a sentence, and writes it anew at the next put', async () => {
      await overwrite('half a pl');

      const failure = await failureOf(store.get(reference));
      expect(failure.type).toBe('ArtifactMissing');
      expect(failure.message).toContain(`s3://${bucket}/team/${sha256(text)} is damaged`);

      await store.put(text);
      expect(await store.get(reference)).toBe(text);
    });

    it('says which bucket lacks it', async () => {
      expect(await failureOf(store.get(reference))).toMatchObject({
        type: 'ArtifactMissing',
        message: `artifact ${reference}: not in s3://${bucket}/team/`,
      });
    });

    it('tells a bucket that is not there, and a store that does not answer, like other failures of AWS', async () => {
      const nowhere = createBucketArtifacts(client, { bucket: 'nobody-has-it', prefix: '' });
      const dead = createS3Client({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', credentials });

      const missing = await failureOf(nowhere.put(text));
      expect(missing).toMatchObject({ type: 'AwsRefused' });
      expect(missing.message).toMatch(/^s3:\/\/nobody-has-it\/[0-9a-f]+: NoSuchBucket: /);
      expect(await failureOf(createBucketArtifacts(dead, plans).get(reference))).toMatchObject({
        type: 'AwsUnavailable',
      });
      dead.destroy();
    });

    it('is the store of a worker and of a client on another machine that are given the same bucket', async () => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
      const artifacts = `s3://${bucket}/team?endpoint=${moto.url}`;
      const [worker, other] = [await artifactsOf({ artifacts }), await artifactsOf({ artifacts })];

      expect(await other.get(await worker.put(text))).toBe(text);
      expect(await keys()).toEqual([`team/${sha256(text)}`]);
      vi.unstubAllEnvs();
    });

    it('keeps growing logs apart from artifacts, by name', async () => {
      await store.growing.save('run-1', 'one\n');
      await store.growing.save('run-1', 'one\ntwo\n');

      expect(await store.growing.read('run-1')).toBe('one\ntwo\n');
      expect(await keys()).toEqual(['team/logs/run-1.log']);
      await store.growing.remove('run-1');
      expect(await store.growing.read('run-1')).toBeUndefined();
    });
  },
);

async function failureOf(promise: Promise<unknown>): Promise<RolloutError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof RolloutError) return error;
  throw new Error(`expected a RolloutError, found ${String(error)}`);
}
