#!/bin/bash
# Keeps one rehearsal host: boots it, boots it again when it asks for that, and ends when it is off.
# Usage: run-host.sh DIRECTORY NSPAWN-ARGUMENT...    Names come from the environment: see supervisor.ts.
set -u
directory=$1
shift

# one keeper per host, whoever starts it
exec 9>"$directory/lock"
flock --nonblock 9 || exit 0

record() { # record PID FILE: boot and start time make sure that a reused pid is never taken for this one
  echo "$1 $(</proc/sys/kernel/random/boot_id) $(cut -d' ' -f22 "/proc/$1/stat")" >"$directory/$2.new" && mv "$directory/$2.new" "$directory/$2"
}

remove_network() {
  ip netns del "$HOST_NAMESPACE" 2>/dev/null
  ip -n "$SWITCH_NAMESPACE" link del "$HOST_LINK" 2>/dev/null
}

# a new namespace at each boot: addresses, rules and links must not outlive it
make_network() {
  remove_network
  ip netns add "$HOST_NAMESPACE" &&
    ip -n "$HOST_NAMESPACE" link set lo up &&
    ip -n "$SWITCH_NAMESPACE" link add "$HOST_LINK" type veth peer name eth0 address "$HOST_MAC" netns "$HOST_NAMESPACE" &&
    ip -n "$SWITCH_NAMESPACE" link set "$HOST_LINK" master br0 up &&
    ip -n "$HOST_NAMESPACE" addr add "$HOST_ADDRESS/24" dev eth0 &&
    ip -n "$HOST_NAMESPACE" link set eth0 up &&
    ip -n "$HOST_NAMESPACE" route add default via "$GATEWAY_ADDRESS"
}

# cgroups of the boot before outlive it; a kubelet's cAdvisor would spend 3 s on each of its pods.
# So does the quota of a slow host, which ends with the boot as its other faults do
clear_cgroups() {
  for cgroup in $HOST_CGROUPS; do
    find "$cgroup" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
    [ -e "$cgroup/cpu.cfs_quota_us" ] && echo -1 >"$cgroup/cpu.cfs_quota_us"
    [ -e "$cgroup/cpu.max" ] && echo max >"$cgroup/cpu.max"
  done
}

rm -f "$directory/ended" "$directory/nspawn"
record $$ supervisor
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network # 1 would let a host write the sysctls of the machine
code=133 # nspawn's answer when the host asks for a reboot
while [ "$code" = 133 ]; do
  clear_cgroups
  make_network || { code=1 && break; }
  (
    for cgroup in $HOST_CGROUPS; do echo "$BASHPID" >"$cgroup/cgroup.procs" || exit 1; done
    exec systemd-nspawn "$@"
  ) 9>&- &
  nspawn=$!
  record "$nspawn" nspawn
  wait "$nspawn"
  code=$?
done

remove_network
rm -rf "/run/systemd/nspawn/propagate/$HOST_MACHINE"
echo "$code" >"$directory/ended"
