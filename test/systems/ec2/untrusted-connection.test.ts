import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callEc2 } from '../../../systems/ec2/call-ec2.js';
import { createEc2Clients } from '../../../systems/ec2/ec2-client.js';
import { readAll } from '../../../systems/ec2/read-pages.js';
import { mustRun } from '../../../systems/process.js';

/** What is said of an EC2 behind this server. */
async function saidOf(server: Server): Promise<unknown> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = `https://127.0.0.1:${String(port)}`;
  const clients = createEc2Clients({ region: 'ap-northeast-2', endpoint, credentials });
  return readAll.vpcs(clients, []).catch((error: unknown) => error);
}

describe('a TLS error on the way to AWS', () => {
  let key = '';
  let cert = '';
  let close: (() => void) | undefined;
  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'groundswell-tls-'));
    const files = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=127.0.0.1'];
    await mustRun('openssl', ['req', '-x509', '-days', '2', ...kind, ...files]);
    key = await readFile(join(dir, 'key.pem'), 'utf8');
    cert = await readFile(join(dir, 'cert.pem'), 'utf8');
    await rm(dir, { recursive: true });
  });
  afterEach(() => close?.());

  it('says what the certificate error was, and names clock and proxy, instead of a defect of ours', async () => {
    const server = createServer({ key, cert });
    close = () => server.close();

    expect(await saidOf(server)).toMatchObject({
      type: 'AwsUnavailable',
      message: expect.stringMatching(/DEPTH_ZERO_SELF_SIGNED_CERT: self.signed certificate.*clock.*proxy/),
    });
  });

  it('names clock and proxy also where what answers speaks no TLS', async () => {
    const server = createPlainServer((_, response) => response.end('a proxy'));
    close = () => server.close();

    expect(await saidOf(server)).toMatchObject({
      type: 'AwsUnavailable',
      message: expect.stringMatching(/EPROTO: .*clock.*proxy/),
    });
  });

  it('says that a certificate has expired', async () => {
    const expired = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });

    await expect(callEc2('DescribeVpcs', () => Promise.reject(expired))).rejects.toMatchObject({
      type: 'AwsUnavailable',
      message: expect.stringMatching(
        /^DescribeVpcs: CERT_HAS_EXPIRED: certificate has expired; .*clock of this machine/,
      ),
    });
  });

  it('says nothing of certificates where the connection was only lost', async () => {
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

    await expect(callEc2('DescribeVpcs', () => Promise.reject(lost))).rejects.toMatchObject({
      message: 'DescribeVpcs: ECONNRESET: read ECONNRESET',
    });
  });
});
