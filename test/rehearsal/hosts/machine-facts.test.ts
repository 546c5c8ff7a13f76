import { describe, expect, it } from 'vitest';
import { parseCgroupLayout } from '../../../rehearsal/hosts/machine/cgroups.js';
import { parseOsRelease, sourceLines } from '../../../rehearsal/hosts/machine/debian-sources.js';
import { builtInModules } from '../../../rehearsal/hosts/machine/kernel-modules.js';
import { missingSystemPackages, undoInstallCommand } from '../../../rehearsal/hosts/machine/system-packages.js';

function mount(path: string, type: string): string {
  return `30 25 0:26 / ${path} rw,relatime - ${type} ${type} rw`;
}

describe('parseCgroupLayout', () => {
  it('knows v2 only', () => {
    const layout = parseCgroupLayout([mount('/', 'ext4'), mount('/sys/fs/cgroup', 'cgroup2')].join('\n'));

    expect(layout).toEqual({ kind: 'unified', hierarchies: ['/sys/fs/cgroup'] });
  });

  it('knows v1 controllers beside a v2 tree', () => {
    const paths = ['/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/memory'];
    const mounts = [mount('/sys/fs/cgroup', 'tmpfs'), ...paths.map((path) => mount(path, 'cgroup'))];
    const layout = parseCgroupLayout([...mounts, mount('/sys/fs/cgroup/unified', 'cgroup2')].join('\n'));

    expect(layout).toEqual({ kind: 'hybrid', hierarchies: [...paths, '/sys/fs/cgroup/unified'] });
  });

  it('does not know v1 alone, nor no cgroups at all', () => {
    expect(parseCgroupLayout(mount('/sys/fs/cgroup/memory', 'cgroup'))).toBeUndefined();
    expect(parseCgroupLayout('')).toBeUndefined();
  });
});

describe('sourceLines', () => {
  const targets = [
    'Debian http://mirror.example/debian/ bookworm main',
    'Debian http://mirror.example/debian/ bookworm contrib',
    'Debian http://mirror.example/debian/ bookworm-backports main',
    'Debian http://mirror.example/security/ bookworm-security main',
    'Docker https://download.example/linux/debian/ bookworm stable',
  ].join('\n');

  it('keeps the distribution’s own stable suites only', () => {
    const lines = sourceLines(targets, { distribution: 'debian', codename: 'bookworm', keyring: undefined });

    expect(lines).toEqual([
      'deb http://mirror.example/debian/ bookworm main contrib',
      'deb http://mirror.example/security/ bookworm-security main',
    ]);
  });

  it('names the keyring where there is one', () => {
    const [line] = sourceLines(targets, { distribution: 'debian', codename: 'bookworm', keyring: '/k.gpg' });

    expect(line).toBe('deb [signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib');
  });
});

describe('parseOsRelease', () => {
  it('reads quoted and bare values', () => {
    expect(parseOsRelease('NAME="Ubuntu"\nID=ubuntu\nVERSION_CODENAME="noble"\n')).toEqual({
      distribution: 'ubuntu',
      codename: 'noble',
    });
  });
});

describe('builtInModules', () => {
  it('names what is built in and leaves out modules and what is missing', () => {
    const config = 'CONFIG_VXLAN=y\nCONFIG_OVERLAY_FS=m\n# CONFIG_IP_VS is not set\nCONFIG_IP_VS_RR=y\n';

    expect(builtInModules(config)).toEqual(['kernel/drivers/net/vxlan/vxlan.ko']);
  });
});

describe('system packages', () => {
  it.skipIf(process.platform !== 'linux')('reports a package that is not installed', async () => {
    expect(await missingSystemPackages(['groundswell-no-such-package'])).toEqual(['groundswell-no-such-package']);
  });

  it('says how to undo an installation in one line', () => {
    expect(undoInstallCommand(['mmdebstrap', 'kmod'])).toBe('apt-get purge --auto-remove mmdebstrap kmod');
  });
});
