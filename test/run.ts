import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { agreeToInstall } from '../rehearsal/hosts/machine/agree-to-install.js';
import {
  hostSystemPackages,
  installSystemPackages,
  missingSystemPackages,
} from '../rehearsal/hosts/machine/system-packages.js';
import { whyRealHostsAreImpossible } from '../rehearsal/hosts/machine/machine-support.js';
import { ensureRootfs } from '../rehearsal/hosts/disk/rootfs.js';
import { ensureKubernetesStore } from '../rehearsal/kubernetes/kubernetes-store.js';

import { runInForeground } from '../systems/process.js';
import { root } from '../installation/config.js';
import { cacheFolder, readEnvironment } from '../installation/environment.js';
import { ensurePythonEnvironment } from '../installation/python-environment.js';
import { stateFolder } from '../installation/target.js';
import { resolveTemporalCli } from '../installation/temporal-server/resolve-temporal-cli.js';
import { resolveTestServer } from '../installation/temporal-server/resolve-test-server.js';
import { readVitestReport, type TierResult } from './vitest-report.js';

/**
 * `npm test`: every tier in turn, from the fastest to the most real (CONTRIBUTING.md). It prepares what the tiers need,
 * and says of everything that cannot be had why not. The last line counts all of them.
 *
 * Before that it names once more every test that failed, because the place where it failed is thousands of lines up.
 *
 * `-- --tier NAME` runs one tier only; `--long` adds what is too slow for CI.
 */
const tiers = ['check', 'unit', 'activity', 'workflow', 'crash', 'system', 'rehearsal', 'long'] as const;
type Tier = (typeof tiers)[number];

/** What only tests use: a packet counter, an SSH server (never started as a service by us), a browser. */
const testPackages = ['nftables', 'openssh-server', 'chromium'];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const asked = process.argv.indexOf('--tier');
const long = process.argv.includes('--long');
const wanted = tiers.filter((tier) => (asked === -1 ? tier !== 'long' || long : tier === process.argv[asked + 1]));
const total: TierResult = { passed: 0, failed: 0, skipped: 0, failures: [] };
const startedAt = performance.now();

for (const tier of wanted) {
  const tierStartedAt = performance.now();
  say(`\n━━ tier ${tier}`);
  if (tier === 'workflow' || tier === 'crash') await prepareTemporal();
  if (tier === 'system' || (tier === 'rehearsal' && !wanted.includes('system')) || tier === 'long')
    await preparePrograms();
  const result = tier === 'check' ? await runChecks() : await runVitest(tier);
  total.passed += result.passed;
  total.failed += result.failed;
  total.skipped += result.skipped;
  total.failures.push(...result.failures);
  say(`━━ tier ${tier}: ${sentence(result)} in ${seconds(tierStartedAt)} s`);
}
for (const failure of total.failures) say(`\n✗ ${failure}`);
say(`\nall tiers in ${seconds(startedAt)} s`);
say(sentence(total));
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function runChecks(): Promise<TierResult> {
  const result: TierResult = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const programs = {
    'prettier --check': ['prettier', '--check', '.', '--log-level', 'warn'],
    'tsc --noEmit': ['typescript', '--noEmit'],
    eslint: ['eslint', '.', '--max-warnings', '0'],
  };
  for (const [title, [name = '', ...args]] of Object.entries(programs)) {
    const code = await runInForeground(process.execPath, [await binaryOf(name), ...args], { cwd: root });
    say(`${code === 0 ? '✓' : '✗'} ${title}`);
    if (code === 0) result.passed += 1;
    else {
      result.failed += 1;
      result.failures.push(`check: ${title} ended with exit code ${code}`);
    }
  }
  return result;
}

/** Programs are started on this Node, whatever `node` is on PATH. */
async function binaryOf(name: string): Promise<string> {
  const Manifest = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });
  const { bin } = Manifest.parse(JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')));
  const command = name === 'typescript' ? 'tsc' : name;
  return join(root, 'node_modules', name, typeof bin === 'string' ? bin : (bin[command] ?? ''));
}

async function runVitest(tier: Exclude<Tier, 'check'>): Promise<TierResult> {
  const folder = join(stateFolder(root), 'test');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${tier}.json`);
  await rm(file, { force: true });
  // of an hour of tests that take minutes each, a person wants to hear as it goes
  const reporter = tier === 'long' ? 'verbose' : 'default';
  const args = ['run', '--project', tier, `--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${file}`];
  const program = [await binaryOf('vitest'), ...args, '--passWithNoTests'];
  const exitCode = await runInForeground(process.execPath, program, { cwd: root });
  const { skippedTests, ...result } = readVitestReport(tier, JSON.parse(await readFile(file, 'utf8')), exitCode);
  for (const name of skippedTests) say(`↓ skipped: ${name}`);
  return result;
}

async function prepareTemporal(): Promise<void> {
  const options = { cacheDir: cacheFolder(readEnvironment()), onLine: say };
  await resolveTestServer(options);
  await resolveTemporalCli(options);
}

/** What the real tiers stand on. A part that cannot be had makes its tests skip, each with its reason. */
async function preparePrograms(): Promise<void> {
  const cacheDir = cacheFolder(readEnvironment());
  await attempt('Python environment', () =>
    ensurePythonEnvironment({
      stateDir: stateFolder(root),
      requirements: join(root, 'requirements.txt'),
      onProgress: say,
    }),
  );
  const obstacle = await whyRealHostsAreImpossible();
  if (obstacle !== undefined) {
    say(`real hosts and Kubernetes: not prepared: ${obstacle}`);
    return;
  }
  await attempt('system packages', installPackages);
  await attempt('rootfs of hosts', () => ensureRootfs({ cacheDir, onProgress: say }));
  await attempt('Kubernetes', () => ensureKubernetesStore({ cacheDir, onProgress: say }));
}

/** What the real tiers and their tests need. */
async function installPackages(): Promise<void> {
  const missing = await missingSystemPackages([...hostSystemPackages, ...testPackages]);
  if (await agreeToInstall(missing, { yes: process.env['CI'] !== undefined, onLine: say })) {
    await installSystemPackages(missing);
    return;
  }
  say(`not installed, so tests that need one of them are skipped: ${missing.join(' ')}`);
}

async function attempt(what: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    say(`${what}: cannot be had here: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function sentence({ passed, failed, skipped }: TierResult): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(0);
}
