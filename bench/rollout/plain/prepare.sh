#!/bin/bash
# prepare.sh ROLE VERSION PACKAGES RESTRICT_OOM_SCORE_ADJ CONTROL_PLANE_ADDRESS ENDPOINT: runs on a fresh host as root and
# makes it one that kubeadm can be run on. The same settings, packages and images as the roles in ansible/roles.
set -euo pipefail
role=$1 version=$2 packages=$3 restrict_oom_score_adj=$4 control_plane_address=$5 endpoint=$6
export DEBIAN_FRONTEND=noninteractive

printf '%s\n' overlay br_netfilter > /etc/modules-load.d/kubernetes.conf
modprobe -a overlay br_netfilter
printf '%s = 1\n' net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables > /etc/sysctl.d/99-kubernetes.conf
sysctl -q -p /etc/sysctl.d/99-kubernetes.conf

echo "deb [trusted=yes] $packages /" > /etc/apt/sources.list.d/kubernetes.list
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "kubelet=$version-*" "kubeadm=$version-*" "kubectl=$version-*" containerd
apt-mark hold kubelet kubeadm kubectl
systemctl enable kubelet containerd

images=$(kubeadm config images list --kubernetes-version "v$version")
mkdir -p /etc/containerd
cat > /etc/containerd/config.toml <<TOML
version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$(grep /pause: <<< "$images")"
  restrict_oom_score_adj = $restrict_oom_score_adj

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true
TOML
systemctl restart containerd

[ "$role" = control-plane ] || images=$(grep -E '/(kube-proxy|pause|coredns):' <<< "$images")
present=$(ctr -n k8s.io images ls -q)
for image in $images; do
  grep -qxF "$image" <<< "$present" || ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d "$image"
done

echo "$control_plane_address $endpoint" >> /etc/hosts
