import { describe, expect, it } from 'vitest';
import { artifactPlace } from '../../installation/artifact-store.js';

describe('artifactPlace', () => {
  it.each(['.groundswell/artifacts', '/var/lib/groundswell', 'C:odd'])('takes %s for a folder', (folder) => {
    expect(artifactPlace(folder)).toEqual({ kind: 'folder', folder });
  });

  it('reads bucket and prefix; the region is that of the machine unless the bucket has another', () => {
    expect(artifactPlace('s3://acme-artifacts', 'eu-central-1')).toEqual({
      kind: 'bucket',
      bucket: 'acme-artifacts',
      prefix: '',
      connection: { region: 'eu-central-1', endpoint: undefined },
    });
    expect(artifactPlace('s3://acme-artifacts/teams/blue/?region=ap-northeast-2', 'eu-central-1')).toMatchObject({
      prefix: 'teams/blue/',
      connection: { region: 'ap-northeast-2' },
    });
  });

  it('reads the address of another store that speaks S3', () => {
    expect(artifactPlace('s3://acme/x?endpoint=http://127.0.0.1:9000')).toMatchObject({
      connection: { endpoint: 'http://127.0.0.1:9000' },
    });
  });

  it.each([
    'http://acme/x',
    's3://',
    's3://UPPER_CASE/x',
    's3://acme?regoin=x',
    's3://acme?endpoint=nowhere',
    'gs://acme',
  ])('refuses %s with what it expects', (text) => {
    expect(() => artifactPlace(text)).toThrow(/expected a folder or s3:\/\/bucket\/prefix .* found /);
  });
});
