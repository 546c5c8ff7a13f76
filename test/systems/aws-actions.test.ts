import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { awsActions } from '../../systems/aws-actions.js';

/** The actions that the sources import calls of: `RunInstancesCommand` and `paginateDescribeVpcs` of `client-ec2`. */
function calledActions(): ReadonlySet<string> {
  const files = readdirSync(join(root, 'systems'), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'systems', file), 'utf8'));
  const imports = texts.flatMap((text) => [
    ...text.matchAll(/import(?: type)? \{([^}]*)\} from '@aws-sdk\/client-(\w+)'/g),
  ]);
  const called = imports.flatMap(([, names = '', service = '']) =>
    [...names.matchAll(/\b(?:paginate([A-Z]\w+)|([A-Z]\w+)Command)\b/g)].map(
      ([, paginated, sent]) => `${service}:${paginated ?? sent ?? ''}`,
    ),
  );
  return new Set(called);
}

function listed(service: string, actions: readonly string[]): readonly string[] {
  return actions.map((action) => `${service}:${action}`);
}

const { ec2Reads, ec2Changes, ec2Ends, sts, s3Objects } = awsActions;
const all = [
  ...listed('ec2', [...ec2Reads, ...ec2Changes, ...ec2Ends]),
  ...listed('sts', sts),
  ...listed('s3', s3Objects),
];

describe('the list of actions at AWS', () => {
  it('has each call that the systems make, and no other', () => {
    expect(all.toSorted()).toEqual([...calledActions()].toSorted());
    expect(all.length).toBeGreaterThan(40);
  });

  it('has each action under what it does', () => {
    expect(ec2Reads.filter((action) => !action.startsWith('Describe'))).toEqual([]);
    expect(ec2Ends.filter((action) => !/^(Delete|Terminate)/.test(action))).toEqual([]);
    expect(ec2Changes.filter((action) => /^(Describe|Delete|Terminate)/.test(action))).toEqual([]);
  });
});
