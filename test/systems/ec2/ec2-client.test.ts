import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEc2Clients } from '../../../systems/ec2/ec2-client.js';

describe('createEc2Clients', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('goes to the given endpoint with the given credentials, whatever the environment says', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://example.com');
    vi.stubEnv('AWS_ENDPOINT_URL_EC2', 'https://ec2.example.com');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
    vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true');
    vi.stubEnv('AWS_MAX_ATTEMPTS', '9');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'real');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'real');
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

    const clients = createEc2Clients({ region: 'ap-northeast-2', endpoint: 'http://127.0.0.1:4', credentials });

    for (const { config } of [clients.repeating, clients.once, clients.identity]) {
      expect(await config.endpoint?.()).toMatchObject({ protocol: 'http:', hostname: '127.0.0.1', port: 4 });
      expect(await config.region()).toBe('ap-northeast-2');
      expect(await config.useFipsEndpoint()).toBe(false);
      expect(await config.useDualstackEndpoint()).toBe(false);
      expect(await config.credentials()).toMatchObject({ accessKeyId: 'test' });
    }
    expect(await clients.repeating.config.maxAttempts()).toBe(3);
    expect(await clients.once.config.maxAttempts()).toBe(1);
  });
});
