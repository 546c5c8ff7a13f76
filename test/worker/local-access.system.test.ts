import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addKubeconfig } from '../../client/commands/kubeconfig.js';
import { addSsh } from '../../client/commands/ssh.js';
import { createAwsEc2Network } from '../../systems/ec2/aws-ec2-network.js';
import { secretFingerprint } from '../../systems/ssh/secret-fingerprint.js';
import { root } from '../../installation/config.js';
import type { Target } from '../../installation/target.js';
import { runCommand } from '../client/run-command.js';
import { motoServer, motoSkipped, startEmulatedEc2, type EmulatedEc2 } from '../rehearsal/ec2-emulator/emulated-ec2.js';

const [right, wrong] = ['1'.repeat(64), '2'.repeat(64)];

describe.skipIf(motoServer === undefined)(`commands that go to hosts from this machine${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let target: Target;
  const commands = [
    { add: addSsh, args: ['ssh', 'k8s-redis', 'true'] },
    { add: addKubeconfig, args: ['kubeconfig'] },
  ];

  beforeAll(async () => {
    ec2 = await startEmulatedEc2();
    target = {
      kind: 'live',
      temporal: { address: '127.0.0.1:1', namespace: 'default' },
      spec: join(root, 'examples', 'three-nodes.yaml'),
      artifacts: join(ec2.dir, 'artifacts'),
      workerSecretFile: join(ec2.dir, 'worker-secret'),
      ec2: { endpoint: ec2.emulator.endpoint, accessKeyId: 'test', secretAccessKey: 'test' },
    };
    const workerSecret = secretFingerprint(right);
    await createAwsEc2Network(ec2.clients).createPart('vpc', {
      cluster: 'three',
      cidr: '198.18.79.0/24',
      workerSecret,
    });
  });
  afterAll(() => ec2.close());
  afterEach(() => rm(target.workerSecretFile, { force: true }));

  it.each(commands)('$args say in one sentence that the secret of this machine is another one', async (command) => {
    await writeFile(target.workerSecretFile, wrong);

    const { exitCode, stdout, stderr } = await runCommand(target, command.add, command.args);

    expect([exitCode, stdout]).toEqual([5, '']);
    const error = stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(error).toHaveLength(1);
    expect(error[0]).toContain(`the fingerprint ${secretFingerprint(right)}, which vpc-`);
    expect(error[0]).toContain(`found ${secretFingerprint(wrong)} in ${target.workerSecretFile}`);
    expect(error[0]).toContain('npx groundswell secret import');
  });

  it.each(commands)('$args make no secret of their own beside a worker whose secret is elsewhere', async (command) => {
    const { exitCode, stderr } = await runCommand(target, command.add, command.args);

    expect(exitCode).toBe(5);
    expect(stderr).toContain(`found none in ${target.workerSecretFile}`);
    await expect(access(target.workerSecretFile)).rejects.toThrow();
  });

  it.each(commands)('$args go on with the right one, to hosts that are not there', async (command) => {
    await writeFile(target.workerSecretFile, right);

    const { exitCode, stderr } = await runCommand(target, command.add, command.args);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('no running instance');
  });
});
