import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { mustRun } from '../../../systems/process.js';
import { RolloutError } from '../../../model/rollout-error.js';

/** The distribution of this machine and the package sources that it uses itself. */
export interface DebianSources {
  /** `debian` or `ubuntu`. */
  readonly distribution: string;
  /** For example `bookworm`. */
  readonly codename: string;
  /** One-line apt sources of the distribution itself; third parties' sources are left out. */
  readonly lines: readonly string[];
}

const keyrings: Readonly<Record<string, readonly string[]>> = {
  debian: ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'],
  ubuntu: ['/usr/share/keyrings/ubuntu-archive-keyring.gpg'],
};

const targetFormat = '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)';

/**
 * Asks apt which repositories of its own distribution this machine uses, so that a rootfs comes from the same mirror.
 * Runs `apt-get update` when apt has no lists yet. Fails with `CommandFailed` when there is no such repository.
 */
export async function readDebianSources(): Promise<DebianSources> {
  const { distribution, codename } = parseOsRelease(await readFile('/etc/os-release', 'utf8'));
  const list = () => mustRun('apt-get', ['indextargets', '--format', targetFormat, 'Created-By: Packages']);
  const options = { distribution, codename, keyring: keyrings[distribution]?.find((path) => existsSync(path)) };
  let lines = sourceLines(await list(), options);
  if (lines.length === 0) {
    await mustRun('apt-get', ['update', '-qq']);
    lines = sourceLines(await list(), options);
  }
  if (lines.length > 0) return { distribution, codename, lines };
  throw new RolloutError(
    'CommandFailed',
    `apt: no package source of ${distribution} ${codename} found; add one to /etc/apt/sources.list and try again`,
  );
}

/** `ID` and `VERSION_CODENAME` of an os-release(5) file; empty where missing. */
export function parseOsRelease(text: string): { readonly distribution: string; readonly codename: string } {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { distribution: value('ID'), codename: value('VERSION_CODENAME') };
}

/** apt's one-line sources from the output of `apt-get indextargets`, one per repository and suite. */
export function sourceLines(
  targets: string,
  options: { readonly distribution: string; readonly codename: string; readonly keyring: string | undefined },
): string[] {
  const components = new Map<string, string[]>();
  for (const line of targets.split('\n')) {
    const [origin = '', uri = '', suite = '', component = ''] = line.split(' ');
    if (origin.toLowerCase() !== options.distribution || !isStableSuite(suite, options.codename)) continue;
    const repository = `${uri} ${suite}`;
    components.set(repository, [...new Set([...(components.get(repository) ?? []), component])]);
  }
  const signedBy = options.keyring === undefined ? '' : `[signed-by=${options.keyring}] `;
  return [...components].map(([repository, names]) => `deb ${signedBy}${repository} ${names.join(' ')}`);
}

function isStableSuite(suite: string, codename: string): boolean {
  return [codename, `${codename}-updates`, `${codename}-security`].includes(suite);
}
