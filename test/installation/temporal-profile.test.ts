import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { root } from '../../installation/config.js';
import { readEnvironment } from '../../installation/environment.js';
import { temporalConnection, temporalProfile, unusedSettings } from '../../installation/temporal-profile.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-profile-'));
  for (const name of Object.keys(process.env).filter((known) => known.startsWith('TEMPORAL_'))) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Writes `temporal.toml` where the `temporal` program looks for it. */
async function writeFileInDefaultPlace(...lines: readonly string[]): Promise<void> {
  const place = process.platform === 'darwin' ? join(folder, 'Library', 'Application Support') : folder;
  const file = join(place, 'temporalio', 'temporal.toml');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join('\n'));
}

const profile = () => temporalProfile(readEnvironment());

describe('temporalProfile', () => {
  it('has no address and the namespace `default` where nothing is configured: then a server is embedded', () => {
    expect(profile()).toEqual({ address: '', namespace: 'default' });
  });

  it('honours a file in its default place, without any variable', async () => {
    await writeFileInDefaultPlace('[profile.default]', 'address = "temporal.test:7233"', 'namespace = "prod"');

    expect(profile()).toEqual({ address: 'temporal.test:7233', namespace: 'prod' });
  });

  it('keeps the namespace of a file without an address, for the embedded server', async () => {
    await writeFileInDefaultPlace('[profile.default]', 'namespace = "prod"');

    expect(profile()).toEqual({ address: '', namespace: 'prod' });
  });

  it('takes a variable before the file, and TLS with an API key', async () => {
    await writeFileInDefaultPlace('[profile.default]', 'address = "temporal.test:7233"', 'api_key = "k"');
    vi.stubEnv('TEMPORAL_ADDRESS', 'other.test:7233');

    expect(profile()).toEqual({ address: 'other.test:7233', namespace: 'default', apiKey: 'k', tls: true });
  });

  it('says where a file is broken, without a line of it: the API key may be there', async () => {
    await writeFileInDefaultPlace('[profile.default]', 'api_key = "secret"', 'address = nonsense');

    expect(profile).toThrow(
      /^Temporal's configuration: temporal.toml: expected TOML, found something else at line 3, column \d+$/,
    );
  });

  it('refuses a TEMPORAL_CONFIG_FILE that is not there, instead of embedding a server in silence', () => {
    vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'slip.toml'));

    expect(profile).toThrow(`TEMPORAL_CONFIG_FILE=${folder}/slip.toml: there is no such file`);
  });

  it("refuses a client's certificate without its key, and the other way round", () => {
    vi.stubEnv('TEMPORAL_TLS_CLIENT_CERT_DATA', 'certificate');
    expect(profile).toThrow("the profile has the client's certificate, expected its key too");

    vi.stubEnv('TEMPORAL_TLS_CLIENT_CERT_DATA', undefined);
    vi.stubEnv('TEMPORAL_TLS_CLIENT_KEY_DATA', 'secret');
    expect(profile).toThrow("the profile has the client's key, expected its certificate too");
  });
});

describe('temporalConnection', () => {
  const connection = (kind: 'live' | 'simulated', address: string) =>
    temporalConnection(readEnvironment(), { kind, temporal: { address, namespace: 'default' } });

  it('has all of the profile for the server that the profile names', () => {
    vi.stubEnv('TEMPORAL_ADDRESS', 'temporal.test:7233');
    vi.stubEnv('TEMPORAL_API_KEY', 'secret');

    expect(connection('live', 'temporal.test:7233')).toMatchObject({ apiKey: 'secret', tls: true });
  });

  it('sends no key to an embedded server, nor to that of a rehearsal', () => {
    vi.stubEnv('TEMPORAL_API_KEY', 'secret');
    const plain = { address: '127.0.0.1:7233', namespace: 'default' };

    expect(connection('live', '127.0.0.1:7233')).toEqual(plain);
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:7233');
    expect(connection('simulated', '127.0.0.1:7233')).toEqual(plain);
  });
});

describe('unusedSettings', () => {
  it('tells of a key that no server gets, because the profile names none', () => {
    vi.stubEnv('TEMPORAL_API_KEY', 'secret');
    expect(unusedSettings(profile())).toMatch(/API key but no address.*set TEMPORAL_ADDRESS$/);

    vi.stubEnv('TEMPORAL_ADDRESS', 'temporal.test:7233');
    expect(unusedSettings(profile())).toBeUndefined();
  });
});

describe('the sources', () => {
  it('read the profile in one place only, and connect to no configured server around it', async () => {
    const found = async (pattern: RegExp) => {
      const files = await Promise.all(
        ['client', 'installation', 'worker', 'rehearsal', 'activities', 'systems'].map(async (part) =>
          (await readdir(join(root, part), { recursive: true })).map((name) => join(part, name)),
        ),
      );
      const sources = files.flat().filter((name) => name.endsWith('.ts'));
      const matches = await Promise.all(
        sources.map(async (name) => pattern.test(await readFile(join(root, name), 'utf8'))),
      );
      return sources.filter((_, index) => matches[index]).sort();
    };

    expect(await found(/@temporalio\/envconfig/)).toEqual(['installation/temporal-profile.ts']);
    expect(await found(/Connection\.connect\(/)).toEqual([
      'client/runs/connection.ts',
      // these know their own server only: that of a rehearsal, and the embedded one
      'installation/temporal-server/embedded-server.ts',
      'installation/temporal-server/wait-until-serving.ts',
      'rehearsal/bring-up/start-worker.ts',
      'worker/run-worker.ts',
    ]);
  });
});
