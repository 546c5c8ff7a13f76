import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { mustRun } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { ensurePythonEnvironment } from '../../installation/python-environment.js';
import { stateFolder } from '../../installation/target.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';

const Service = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(z.object({ host_ip: z.string().optional(), published: z.string(), target: z.number() })).default([]),
  volumes: z.array(z.object({ type: z.string(), source: z.string(), target: z.string() })).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
});
const ComposeFile = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()),
});

describe('docker-compose.temporal.yml', () => {
  let compose: (environment?: Readonly<Record<string, string>>) => Promise<z.infer<typeof ComposeFile>>;
  let file: z.infer<typeof ComposeFile>;

  beforeAll(async () => {
    const environment = await ensurePythonEnvironment({
      stateDir: stateFolder(root),
      requirements: join(root, 'requirements-check.txt'),
      name: 'venv-check',
      onProgress: () => undefined,
    });
    // an environment of its own: what is set where the tests run must not change the result
    compose = async (env = {}) => {
      const args = ['--file', join(root, 'docker-compose.temporal.yml'), 'config'];
      const text = await mustRun(environment.bin('docker-compose'), args, { cwd: root, env: { PATH: '', ...env } });
      return ComposeFile.parse(parse(text));
    };
    file = await compose();
  }, 600_000);

  it('binds every port to the loopback address', () => {
    const ports = Object.values(file.services).flatMap((service) => service.ports);

    expect(ports.map((port) => `${port.host_ip ?? 'any'}:${port.published}:${String(port.target)}`).sort()).toEqual([
      '127.0.0.1:7233:7233',
      '127.0.0.1:8233:8080',
    ]);
  });

  it('pins every image by an exact tag, one version for server and tools', () => {
    const images = Object.values(file.services).map((service) => service.image);

    expect([...new Set(images)].sort()).toEqual([
      'groundswell-worker:local',
      'postgres:16.10',
      'temporalio/admin-tools:1.31.2',
      'temporalio/server:1.31.2',
      'temporalio/ui:2.53.3',
    ]);
  });

  it('keeps the database, and the secret of the worker, in named volumes', () => {
    expect(Object.keys(file.volumes).sort()).toEqual(['groundswell', 'postgresql']);
    expect(file.services['postgresql']?.volumes).toContainEqual(
      expect.objectContaining({ type: 'volume', source: 'postgresql', target: '/var/lib/postgresql/data' }),
    );
    expect(file.services['worker']?.volumes).toContainEqual(
      expect.objectContaining({ type: 'volume', source: 'groundswell', target: '/app/.groundswell' }),
    );
  });

  it('starts each part when what it needs is there: database, schema, server, namespace, worker', () => {
    const dependencies = Object.entries(file.services).flatMap(([name, service]) =>
      Object.entries(service.depends_on).map(([needed, { condition }]) => `${name} after ${needed}: ${condition}`),
    );

    expect(dependencies.sort()).toEqual([
      'namespace after temporal: service_healthy',
      'schema after postgresql: service_healthy',
      'temporal after schema: service_completed_successfully',
      'ui after temporal: service_healthy',
      'worker after namespace: service_completed_successfully',
    ]);
    for (const name of ['postgresql', 'temporal']) expect(file.services[name]?.healthcheck).toBeDefined();
  });

  it('registers the search attributes of the contract', () => {
    const spelling = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;
    const wanted = Object.entries(searchAttributes).map(([name, type]) => `${name}=${spelling[type]}`);

    expect(file.services['namespace']?.environment['SEARCH_ATTRIBUTES']?.split(' ').sort()).toEqual(wanted.sort());
  });

  it('takes the credentials of the database from the environment, the same for all who need them', async () => {
    const { services } = await compose({ POSTGRES_USER: 'somebody', POSTGRES_PASSWORD: 'something' });

    expect(services['postgresql']?.environment).toMatchObject({
      POSTGRES_USER: 'somebody',
      POSTGRES_PASSWORD: 'something',
    });
    expect(services['schema']?.environment).toMatchObject({ POSTGRES_USER: 'somebody', SQL_PASSWORD: 'something' });
    expect(services['temporal']?.environment).toMatchObject({ POSTGRES_USER: 'somebody', POSTGRES_PWD: 'something' });
  });

  it('gives the worker more time to end than it takes, and the UI no news to fetch', () => {
    expect(file.services['worker']?.stop_grace_period).toBe('1m0s');
    expect(file.services['ui']?.environment['TEMPORAL_DISABLE_NEWS_FETCH']).toBe('true');
  });

  it('mounts only what is in the repository', async () => {
    const sources = Object.values(file.services)
      .flatMap((service) => service.volumes)
      .filter((volume) => volume.type === 'bind')
      .map((volume) => volume.source);

    expect(sources).toContain(join(root, 'deploy', 'temporal'));
    for (const source of sources) await expect(access(source)).resolves.toBeUndefined();
  });
});

describe('Dockerfile', () => {
  it('copies files that exist, and ends as a user without rights', async () => {
    const lines = (await readFile(join(root, 'Dockerfile'), 'utf8')).split('\n');
    const copied = lines.filter((line) => line.startsWith('COPY ')).flatMap((line) => line.split(' ').slice(1, -1));

    for (const path of copied) await expect(access(join(root, path))).resolves.toBeUndefined();
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER node');
  });

  it('runs a command line that exists in the image', async () => {
    const command = /^CMD (\[.*\])$/m.exec(await readFile(join(root, 'Dockerfile'), 'utf8'))?.[1] ?? '[]';
    const program =
      z
        .array(z.string())
        .parse(JSON.parse(command))
        .find((word) => word.endsWith('.ts')) ?? '';
    const ignored = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');

    await expect(access(join(root, program))).resolves.toBeUndefined();
    expect(ignored).not.toContain(program.split('/')[0]);
  });
});
