import { mustRun, runProcess } from '../../../systems/process.js';

/** Debian packages that this machine itself needs for real hosts. */
export const hostSystemPackages: readonly string[] = [
  'systemd-container',
  'mmdebstrap',
  'iproute2',
  'kmod',
  'e2fsprogs',
  'openssh-client',
];

/** Which of these packages are not installed. */
export async function missingSystemPackages(packages: readonly string[] = hostSystemPackages): Promise<string[]> {
  // exit code 1 only says that one of them is not known
  const format = '--showformat=${Package} ${db:Status-Status}\n';
  const { stdout } = await runProcess('dpkg-query', ['--show', format, ...packages]);
  const installed = new Set(stdout.split('\n'));
  return packages.filter((name) => !installed.has(`${name} installed`));
}

/** Installs packages without their recommendations. Waits up to 5 minutes for another apt. Fails with `CommandFailed`. */
export async function installSystemPackages(
  packages: readonly string[],
  onProgress?: (line: string) => void,
): Promise<void> {
  if (packages.length === 0) return;
  const options = {
    env: { PATH: process.env['PATH'] ?? '', DEBIAN_FRONTEND: 'noninteractive' },
    ...(onProgress === undefined ? {} : { onLine: onProgress }),
  };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const install = ['install', '--yes', '--no-install-recommends', ...lock, ...packages];
  if ((await runProcess('apt-get', install, options)).exitCode === 0) return;
  // the usual reason: package lists that are missing or too old
  await mustRun('apt-get', ['update', ...lock], options);
  await mustRun('apt-get', install, options);
}

/** The command that removes these packages and what came with them. */
export function undoInstallCommand(packages: readonly string[]): string {
  return `apt-get purge --auto-remove ${packages.join(' ')}`;
}
