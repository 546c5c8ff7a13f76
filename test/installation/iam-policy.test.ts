import { describe, expect, it } from 'vitest';
import { artifactPlace } from '../../installation/artifact-store.js';
import { iamPolicy } from '../../installation/iam-policy.js';

const spec = { cluster: 'ecoeco', region: 'ap-northeast-2' };

function statement(sid: string, artifacts = '/a/folder', of = spec) {
  return iamPolicy(of, artifactPlace(artifacts)).Statement.find(({ Sid }) => Sid === sid);
}

describe('iamPolicy', () => {
  it('allows EC2 in the region of the cluster, and no end of anything without its tag', () => {
    expect(statement('GroundswellMakeAndChange')?.Condition).toEqual({
      StringEquals: { 'aws:RequestedRegion': 'ap-northeast-2' },
    });
    expect(statement('GroundswellEndWhatIsOurs')).toMatchObject({
      Action: expect.arrayContaining(['ec2:TerminateInstances', 'ec2:DeleteVpc']) as string[],
      Condition: {
        StringEquals: { 'aws:RequestedRegion': 'ap-northeast-2', 'aws:ResourceTag/groundswell.dev/cluster': 'ecoeco' },
      },
    });
  });

  it('gives no action twice, and none by a wildcard', () => {
    const actions = iamPolicy(spec, artifactPlace('s3://plans/p')).Statement.flatMap(({ Action }) => Action);

    expect(actions).toEqual([...new Set(actions)]);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('says nothing of S3 where the artifacts are in a folder, or in a store that is not of AWS', () => {
    expect(statement('GroundswellKeepArtifacts')).toBeUndefined();
    expect(statement('GroundswellKeepArtifacts', 's3://plans/p?endpoint=http://minio:9000')).toBeUndefined();
  });

  it('allows the objects under the prefix of a bucket, by the names of its part of AWS', () => {
    expect(statement('GroundswellKeepArtifacts', 's3://plans/p')?.Resource).toBe('arn:aws:s3:::plans/p/*');
    expect(statement('GroundswellSeeMissingArtifacts', 's3://plans')?.Resource).toBe('arn:aws:s3:::plans');
    expect(statement('GroundswellKeepArtifacts', 's3://plans', { ...spec, region: 'cn-north-1' })?.Resource).toBe(
      'arn:aws-cn:s3:::plans/*',
    );
  });
});
