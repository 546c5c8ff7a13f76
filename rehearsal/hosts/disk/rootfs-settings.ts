/**
 * Packages of every host from its first boot, as in a cloud image. They are an init, sshd, Python for Ansible, sudo,
 * and the tools of kubeadm's preflight. No container runtime and nothing of Kubernetes: that is Ansible's work.
 *
 * cloud-init is not among them: it costs 3 to 4 CPU-seconds a boot. `cloud-config.ts` says what is honoured instead.
 */
export const rootfsPackages: readonly string[] = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'python3', 'python3-apt', 'procps', 'kmod'],
  ...[
    'iproute2',
    'iptables',
    'nftables',
    'ebtables',
    'ipset',
    'conntrack',
    'socat',
    'ethtool',
    'iputils-ping',
    'netbase',
  ],
  ...['ca-certificates', 'curl', 'gnupg'],
];

/** One file of the rootfs. `mode` is 0644 by default. */
export interface RootfsFile {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

/** Units that would act on what belongs to the one kernel, or only cost time. */
export const maskedUnits: readonly string[] = [
  ...[
    'sys-kernel-debug.mount',
    'sys-kernel-tracing.mount',
    'dev-hugepages.mount',
    'fstrim.timer',
    'console-getty.service',
  ],
  ...[
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'dpkg-db-backup.timer',
    'e2scrub_all.timer',
    'e2scrub_reap.service',
  ],
];

/** Units that are started at each boot, and the target that wants them. */
export const enabledUnits: readonly { readonly unit: string; readonly wantedBy: string }[] = [
  { unit: 'rehearsal-boot.service', wantedBy: 'sysinit.target' },
];

/**
 * Makes a container look like a machine of its own before anything else starts. Its cgroup v1 controllers become
 * writable (nspawn mounts them read-only; they are the host's own subtree). Sysctls of the one kernel get a private
 * copy (a host reads back its own values, and the machine outside keeps its values). A kubelet finds `/dev/kmsg`.
 */
const bootScript = `#!/bin/sh
for controller in /sys/fs/cgroup/*/; do
  grep -qs " \${controller%/} cgroup " /proc/self/mounts && mount -o remount,rw,bind "$controller"
done
mkdir -p /run/rehearsal/sysctl
for name in kernel/panic kernel/panic_on_oops kernel/pid_max kernel/keys/root_maxkeys kernel/keys/root_maxbytes \\
  vm/overcommit_memory vm/panic_on_oom vm/swappiness vm/max_map_count fs/file-max fs/may_detach_mounts \\
  fs/inotify/max_user_instances fs/inotify/max_user_watches; do
  [ -e "/proc/sys/$name" ] || continue
  copy=/run/rehearsal/sysctl/$(echo "$name" | tr / .)
  cat "/proc/sys/$name" >"$copy" && mount --bind "$copy" "/proc/sys/$name"
done
[ -e /dev/kmsg ] || ln -s null /dev/kmsg
exit 0
`;

const bootUnit = `[Unit]
Description=Private kernel settings of this host
DefaultDependencies=no
After=local-fs.target
Before=sysinit.target systemd-sysctl.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/rehearsal-boot
`;

/** Files of the rootfs that differ from the distribution's. */
export const rootfsFiles: readonly RootfsFile[] = [
  { path: '/usr/local/sbin/rehearsal-boot', content: bootScript, mode: 0o755 },
  { path: '/etc/systemd/system/rehearsal-boot.service', content: bootUnit },
  // a container that ignores SIGTERM would hold a reboot for 90 s
  { path: '/etc/systemd/system.conf.d/rehearsal.conf', content: '[Manager]\nDefaultTimeoutStopSec=10s\n' },
  // persistent and without a rate limit: the ledger of kubeadm's runs is read from it, also after a power cut
  {
    path: '/etc/systemd/journald.conf.d/rehearsal.conf',
    content: '[Journal]\nStorage=persistent\nSystemMaxUse=256M\nRateLimitIntervalSec=0\n',
  },
  { path: '/etc/ssh/sshd_config.d/50-cloud-image.conf', content: 'UseDNS no\nHostKey /etc/ssh/ssh_host_ed25519_key\n' },
  // a disk that is thrown away needs no fsync after each unpacked file
  { path: '/etc/dpkg/dpkg.cfg.d/rehearsal', content: 'force-unsafe-io\n' },
  {
    path: '/etc/apt/sources.list',
    content: '# This host has no way out of its network: the mirror in reach is added by Ansible.\n',
  },
  { path: '/etc/machine-id', content: '' },
  { path: '/etc/resolv.conf', content: '' },
];

/** What the packages' installation leaves and a fresh image must not have. */
export const removedPaths: readonly string[] = [
  '/etc/hostname',
  '/etc/apt/apt.conf.d/99mmdebstrap',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/ssh/ssh_host_rsa_key.pub',
  '/etc/ssh/ssh_host_ecdsa_key',
  '/etc/ssh/ssh_host_ecdsa_key.pub',
  '/etc/ssh/ssh_host_ed25519_key',
  '/etc/ssh/ssh_host_ed25519_key.pub',
];
