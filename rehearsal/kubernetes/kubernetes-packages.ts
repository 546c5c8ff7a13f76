import { basename } from 'node:path';
import { cniPlugins } from './build-programs.js';
import type { DebianPackage } from './debian-package.js';
import { packageRevision, type KubernetesVersions } from './kubernetes-versions.js';

/** As in the official package, but without the container runtime's name: kubeadm orders nothing after it either. */
const kubeletUnit = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

/** The drop-in that the official kubeadm package brings: where kubeadm puts what the kubelet reads. */
const kubeadmDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# written by kubeadm init and kubeadm join
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# KUBELET_EXTRA_ARGS, for the administrator
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

const reloadUnits = `#!/bin/sh
set -e
if [ "$1" = configure ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
`;

/**
 * kubelet, kubeadm, kubectl and kubernetes-cni as pkgs.k8s.io has them (names, versions, paths, units), each program a
 * link to `hostBinDir`. cri-tools is left out: kubeadm talks to the runtime itself.
 */
export function kubernetesPackages(versions: KubernetesVersions, hostBinDir: string): readonly DebianPackage[] {
  const version = `${versions.kubernetes}-${packageRevision}`;
  const program = (name: string): Readonly<Record<string, string>> => ({
    [`/usr/bin/${name}`]: `${hostBinDir}/${name}`,
  });
  const plugins = cniPlugins.map((plugin) => basename(plugin));
  return [
    {
      name: 'kubelet',
      version,
      depends:
        'conntrack, ethtool, iproute2, iptables (>= 1.4.21), kubernetes-cni (>= 1.2.0), mount, socat, util-linux',
      summary: 'Node agent for Kubernetes clusters',
      links: program('kubelet'),
      texts: { '/usr/lib/systemd/system/kubelet.service': kubeletUnit },
      postinst: reloadUnits,
    },
    {
      name: 'kubeadm',
      version,
      depends: 'kubelet (>= 1.36.0)',
      summary: 'Command-line utility for creating a Kubernetes cluster',
      links: program('kubeadm'),
      texts: { '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf': kubeadmDropIn },
      postinst: reloadUnits,
    },
    {
      name: 'kubectl',
      version,
      depends: '',
      summary: 'Command-line utility for interacting with a Kubernetes cluster',
      links: program('kubectl'),
    },
    {
      name: 'kubernetes-cni',
      version: `${versions.cniPlugins}-${packageRevision}`,
      depends: '',
      summary: 'Binaries required to provision container networking',
      links: Object.fromEntries(plugins.map((name) => [`/opt/cni/bin/${name}`, `${hostBinDir}/cni/${name}`])),
    },
  ];
}
