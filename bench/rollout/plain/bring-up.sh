#!/bin/bash
# bring-up.sh FOLDER: from hosts that are booting to a Kubernetes cluster with all its waves, with ssh, kubeadm and kubectl
# only. It is what the roll-out is compared with, so it does the same work and nothing more: no retries, no second run.
# FOLDER holds lists; see ../plain-inputs.ts. Needs ssh and kubectl, and reaches the hosts.
# Prints the end of each stage on each host: `MILLISECONDS STAGE HOST`.
set -euo pipefail
plain=$(cd "$(dirname "$0")" && pwd)
cd "$1"
. ./settings
mkdir -p logs
export KUBECONFIG=$PWD/kubeconfig
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT

read -r _ control_plane_address _ < hosts
ssh_options=(-F /dev/null -i "$ssh_key" -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=yes
  -o "UserKnownHostsFile=$PWD/known_hosts" -o LogLevel=ERROR -o ServerAliveInterval=10)

stamp() { echo "$(date +%s%3N) $*"; }
# on ADDRESS COMMAND...: as root on a host, with our standard input
on() { ssh "${ssh_options[@]}" "$ssh_user@$1" sudo "${@:2}"; }
# put ADDRESS PATH: standard input becomes a file that only root can read
put() { on "$1" "sh -c 'umask 077 && mkdir -p ${2%/*} && cat > $2'"; }

wait_for() {
  for _ in $(seq 1 240); do
    if on "$2" true < /dev/null 2> "logs/$1.ssh"; then stamp up "$1"; return; fi
    sleep 0.5
  done
  echo "$1: no login after 240 attempts: $(cat "logs/$1.ssh")" >&2
  return 1
}

prepare() {
  on "$2" bash -s -- "$3" "$kubernetes_version" "$packages" "$restrict_oom_score_adj" "$control_plane_address" "$endpoint" \
    < "$plain/prepare.sh" > "logs/$1.prepare" 2>&1 || { tail -n 20 "logs/$1.prepare" >&2; return 1; }
  stamp prepared "$1"
}

init() {
  put "$2" /etc/groundswell/audit-policy.yaml < audit-policy.yaml
  put "$2" /root/kubeadm.yaml < kubeadm-init.yaml
  on "$2" kubeadm init --config /root/kubeadm.yaml --skip-token-print < /dev/null > "logs/$1.init" 2>&1 ||
    { tail -n 20 "logs/$1.init" >&2; return 1; }
  stamp init "$1"
  # by address: the name of the API is known to the hosts only
  (umask 077; on "$2" cat /etc/kubernetes/admin.conf < /dev/null | sed "s#https://.*:6443#https://$2:6443#" > kubeconfig)
  on "$2" curl -fsS "$cni_manifest" < /dev/null | sed "s#10.244.0.0/16#$pod_cidr#" | kubectl apply --server-side -f - > logs/cni
  on "$2" kubeadm token create --ttl 30m --print-join-command < /dev/null > join-command.draft 2> "logs/$1.token"
  mv join-command.draft join-command
}

join() {
  until [ -e join-command ]; do sleep 0.5; done
  read -r _ _ _ _ token _ ca_cert_hash _ < join-command
  # by the shell itself, so that no process list shows the token
  config=$(< "kubeadm-join-$1.yaml"); config=${config//@TOKEN@/$token}
  printf '%s\n' "${config//@CA_CERT_HASH@/$ca_cert_hash}" | put "$2" /root/kubeadm.yaml
  on "$2" kubeadm join --config /root/kubeadm.yaml < /dev/null > "logs/$1.join" 2>&1 || { tail -n 20 "logs/$1.join" >&2; return 1; }
  stamp joined "$1"
}

# label NODE: what the lists say of it, as soon as there is a Node; a join may end before
label() {
  for _ in $(seq 1 120); do kubectl get node "$1" > /dev/null 2>&1 && break; sleep 0.5; done
  read -r -a labels < <(sed -n "s/^$1 //p" labels) || true
  read -r -a taints < <(sed -n "s/^$1 //p" taints) || true
  [ ${#labels[@]} -eq 0 ] || kubectl label node "$1" "${labels[@]}" > "logs/$1.labels"
  [ ${#taints[@]} -eq 0 ] || kubectl taint node "$1" "${taints[@]}" > "logs/$1.taints"
}

host() {
  wait_for "$1" "$2"
  prepare "$1" "$2" "$3"
  if [ "$3" = control-plane ]; then init "$1" "$2"; else join "$1" "$2"; fi
  label "$1"
}

# in_parallel: waits for everything in the background, and fails when one of them failed
in_parallel() { for job in $(jobs -p); do wait "$job"; done; }

while read -r name address role; do host "$name" "$address" "$role" & done < hosts
in_parallel

kubectl wait --for=condition=Ready nodes --all --timeout=5m > logs/ready
kubectl -n kube-flannel rollout status daemonset/kube-flannel-ds --timeout=5m >> logs/ready
stamp Ready

# unit NAME NAMESPACE FOLDER
unit() {
  kubectl -n "$2" apply --server-side -R -f "$3" > "logs/unit-$1"
  kubectl -n "$2" get -R -f "$3" -o name | { grep -E '^(deployment|daemonset|statefulset)' || true; } |
    while read -r object; do kubectl -n "$2" rollout status "$object" --timeout=5m >> "logs/unit-$1"; done
}
cut -d ' ' -f 3 units | sort -u | while read -r namespace; do kubectl create namespace "$namespace" > /dev/null; done
for wave in $(cut -d ' ' -f 1 units | uniq); do
  while read -r _ name namespace folder; do unit "$name" "$namespace" "$folder" & done < <(grep "^$wave " units)
  in_parallel
done
stamp waves

for object in deployment/coredns daemonset/kube-proxy; do kubectl -n kube-system rollout status "$object" --timeout=5m > logs/system; done
