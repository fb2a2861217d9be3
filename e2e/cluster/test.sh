#!/usr/bin/env bash
# Tests the cluster's scripts on a cluster of its own, number 9: started twice, after crashes of parts and of all, with a
# stale and a lost pid file; taken down twice; nothing left. About a minute.
set -euo pipefail
export BATCHAPI_CLUSTER=9
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
[ "$EUID" = 0 ] || { echo "Skipped: the tests of the cluster's scripts need root."; exit 0; }
export KUBECONFIG=$ADMIN
kubectl=$BIN/kubectl log=$(mktemp) bystander=
cluster() { "$here/cluster.sh" "$@"; }
trap 'cluster down; ip link del batchapi-test 2>/dev/null || true; [ -z "$bystander" ] || kill "$bystander"; rm -f "$log" "$log.lock"' EXIT

step() { echo "- $*"; }
fail() { echo "FAILED: $*" >&2; tail -n 20 "$log" >&2; exit 1; }
succeeds() { "$@" >"$log" 2>&1 || fail "$*"; }
refuses() { # a part of the one sentence, command...
  local sentence=$1
  shift
  ! "$@" >"$log" 2>&1 || fail "$* did not fail"
  [ "$(wc -l <"$log")" = 1 ] && grep -qF "$sentence" "$log" || fail "$* did not say: $sentence"
}
left_behind() { # all that a cluster makes outside its own namespaces
  ls -d "$STATE" /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP" /sys/class/net/"$LINK" 2>/dev/null || true
  grep "$STATE" /proc/mounts || true
  ip route | grep "$LINK" || true
  ip netns list 2>/dev/null
  grep -lsF "$STATE" /proc/[0-9]*/cmdline || true
  lsns -t pid -n -o COMMAND | grep "$NODE" || true
  iptables-save 2>/dev/null | grep KUBE || true
  ipset list -n 2>/dev/null | grep KUBE || true
}
pod_runs() { "$kubectl" wait --for=condition=Ready pod/sleeper --timeout=30s; }
process() { cluster node cat "$STATE/pid/$1" | cut -d' ' -f1; }

succeeds cluster down
before=$(left_behind)

step 'without root and in another one'\''s addresses it is one sentence'
! command -v setpriv >/dev/null || refuses 'make cluster needs root' setpriv --reuid 65534 --clear-groups "$here/cluster.sh" up
ip link add batchapi-test type bridge
ip addr add "${SERVICE_CIDR%.0/16}.1/24" dev batchapi-test
ip link set batchapi-test up
refuses "$SERVICE_CIDR are in use by the network device batchapi-test" cluster up
ip link del batchapi-test

step 'started twice, it is one cluster; a pod gets a volume; a lock that it was started under is free then'
succeeds flock "$log.lock" "$here/cluster.sh" up
succeeds flock --nonblock "$log.lock" true
first=$(cat "$NODE_PID")
succeeds cluster up
[ "$first" = "$(cat "$NODE_PID")" ] || fail 'the second start made another node'
[ "$(cluster kubeconfig)" = "$ADMIN" ] || fail 'kubeconfig'
succeeds "$kubectl" apply -f "$here/config/test.yaml"
succeeds pod_runs

for names in 'etcd kube-apiserver' 'containerd kubelet' 'kube-controller-manager kube-scheduler kube-proxy coredns volumes kube-router'; do
  step "killed and started again: $names"
  for name in $names; do cluster node kill -9 "$(process "$name")"; done
  succeeds cluster up
  for name in $names; do grep -q "started: .*$name" "$log" || fail "$name was not started again"; done
  succeeds pod_runs
done

step 'all killed, and its pid now another program'\''s: a new cluster, and that program lives'
kill -9 "$(cut -d' ' -f1 "$NODE_PID")"
sleep 1000 &
bystander=$!
echo "$bystander 1" >"$NODE_PID"
succeeds cluster up
kill -0 "$bystander" || fail 'the start killed another program'

step 'its pid file lost while it runs: a new cluster, and the old one is gone'
rm "$NODE_PID"
succeeds cluster up
[ "$(lsns -t pid -n -o COMMAND | grep -c "^$NODE ")" = 1 ] || fail 'two nodes run'

step 'ended twice, with a pod running: nothing is left'
succeeds "$kubectl" apply -f "$here/config/test.yaml"
succeeds pod_runs
succeeds cluster down
succeeds cluster down
after=$(left_behind)
[ "$before" = "$after" ] || fail "left behind: $(diff <(echo "$before") <(echo "$after"))"
refuses 'no cluster is running' eval 'cluster kubeconfig >/dev/null'
echo "The cluster's scripts do what they should."
