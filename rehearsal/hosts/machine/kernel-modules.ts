import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mustRun, runProcess } from '../../../systems/process.js';

/** Modules that Kubernetes nodes ask for: the kernel's option, and the module's file. */
const wantedModules: readonly { readonly option: string; readonly file: string }[] = [
  { option: 'BRIDGE_NETFILTER', file: 'kernel/net/bridge/br_netfilter.ko' },
  { option: 'OVERLAY_FS', file: 'kernel/fs/overlayfs/overlay.ko' },
  { option: 'NF_CONNTRACK', file: 'kernel/net/netfilter/nf_conntrack.ko' },
  { option: 'NF_NAT', file: 'kernel/net/netfilter/nf_nat.ko' },
  { option: 'NF_TABLES', file: 'kernel/net/netfilter/nf_tables.ko' },
  { option: 'VXLAN', file: 'kernel/drivers/net/vxlan/vxlan.ko' },
  { option: 'IP_SET', file: 'kernel/net/netfilter/ipset/ip_set.ko' },
  { option: 'IP_VS', file: 'kernel/net/netfilter/ipvs/ip_vs.ko' },
  { option: 'IP_NF_IPTABLES', file: 'kernel/net/ipv4/netfilter/ip_tables.ko' },
  { option: 'TUN', file: 'kernel/drivers/net/tun.ko' },
];

/**
 * The folder that hosts see as `/lib/modules/<release>`, so that `modprobe` there tells the truth about the one kernel.
 * Where the machine has modules it is the machine's own (and the wanted ones are loaded, for a host cannot); where
 * everything is built in, it is made in `dir` from the kernel's configuration. `undefined` when neither is to be had.
 */
export async function kernelModulesDir(
  dir: string,
): Promise<{ readonly from: string; readonly to: string } | undefined> {
  const kernel = release();
  const to = `/usr/lib/modules/${kernel}`;
  if (existsSync(`/lib/modules/${kernel}/modules.dep`)) {
    for (const { file } of wantedModules) await runProcess('modprobe', ['--quiet', moduleName(file)]);
    return { from: `/lib/modules/${kernel}`, to };
  }
  if (!existsSync('/proc/config.gz')) return undefined;
  const modules = join(dir, 'lib', 'modules', kernel);
  const config = gunzipSync(await readFile('/proc/config.gz')).toString();
  await mkdir(modules, { recursive: true });
  await writeFile(
    join(modules, 'modules.builtin'),
    builtInModules(config)
      .map((file) => `${file}\n`)
      .join(''),
  );
  await writeFile(join(modules, 'modules.order'), '');
  await mustRun('depmod', ['--basedir', dir, kernel]);
  return { from: modules, to };
}

/** Those of the wanted modules that a kernel configuration has built in. */
export function builtInModules(config: string): string[] {
  const lines = new Set(config.split('\n'));
  return wantedModules.filter(({ option }) => lines.has(`CONFIG_${option}=y`)).map(({ file }) => file);
}

function moduleName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1, -'.ko'.length);
}
