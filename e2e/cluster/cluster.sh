#!/usr/bin/env bash
# A real single-node Kubernetes on this machine, of plain binaries. The node is a set of namespaces (processes, mounts,
# network) under one first process: when that ends, the kernel takes all the rest with it.
#   check         whether it can run here; installs missing packages on Debian
#   up            start it, or what of it is not running
#   down          end it and remove all that it made
#   kubeconfig    print the path of its kubeconfig
#   load FILE     import a docker-archive into its containerd
#   node COMMAND  run a command inside the node, for example `node ctr -n k8s.io task ls`
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
source "$here/requirements.sh"

# What runs on holds nothing that its caller has open: the lock of `flock FILE make cluster` would be taken until the end.
for fd in "/proc/$$/fd"/*; do
  fd=${fd##*/}
  if ((fd > 2 && fd < 255)); then eval "exec $fd>&-"; fi # bash reads this file as 255
done

in_node() {
  nsenter --target "$(cut -d' ' -f1 "$NODE_PID")" --mount --net --pid -- env CONTAINERD_ADDRESS="$SOCKET" CONTAINERD_NAMESPACE=k8s.io "$@"
}
require_node() { alive "$NODE_PID" || die "$1: no cluster is running on this machine: start it with 'make cluster'."; }

check() {
  require_root 'make cluster'
  exec 9</var/lib # a lock that leaves no file behind
  flock 9
  require_packages 'make cluster' containerd=containerd runc=runc bridge=containernetworking-plugins iptables=iptables \
    ipset=ipset conntrack=conntrack ip=iproute2 nsenter=util-linux
}

up() {
  check
  if alive "$NODE_PID" && [ -e "$STATE/version" ]; then
    [ "$(<"$STATE/version")" = "$KUBERNETES" ] ||
      die "make cluster: Kubernetes $(<"$STATE/version") is running, this checkout is for $KUBERNETES: end it with 'make cluster-down' first."
    echo "The cluster is already running."
  else
    remove
    require_addresses
    make_node
  fi
  # The API server calls webhooks by their Services: there must be a route before kube-proxy's rules say where to.
  in_node ip route replace "$SERVICE_CIDR" dev lo src "$NODE_IP"
  in_node bash "$here/node.sh" start 9<&-
  echo 'To use it: export KUBECONFIG=$(make -s kubeconfig)'
}

make_node() {
  mkdir -p "$STATE"/{log,pid}
  setsid unshare --mount --net --pid --fork --propagation slave bash "$here/node.sh" first-process \
    >"$STATE/log/node.log" 2>&1 </dev/null 9<&- &
  wait_for 10 "the node's first process" alive "$NODE_PID"
  ip link add "$LINK" type veth peer name uplink netns "$(cut -d' ' -f1 "$NODE_PID")"
  ip addr add "$HOST_IP/30" dev "$LINK"
  ip link set "$LINK" up
  in_node ip addr add "$NODE_IP/30" dev uplink
  in_node ip link set uplink up
  in_node ip link set lo up
  ip route add "$POD_CIDR" via "$NODE_IP"
  ip route add "$SERVICE_CIDR" via "$NODE_IP"
  echo "$KUBERNETES" >"$STATE/version"
}

down() {
  require_root 'make cluster-down'
  exec 9</var/lib
  flock 9
  remove
  rmdir "$ROOT" 2>/dev/null || true # another cluster's state may be there
}

# The node's first process and, by the kernel, all others with their mounts and network; then what they leave: cgroups
# and the folder.
remove() {
  local pid group
  for pid in $(first_processes); do
    kill -9 "$pid" 2>/dev/null || continue
    wait_for 30 "the node's processes to end" eval "! kill -0 $pid"
  done
  # The kernel takes the network away a moment after the last process.
  [ ! -d "$STATE" ] || for _ in {1..50}; do [ -e "/sys/class/net/$LINK" ] && sleep .1 || break; done
  for group in /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP"; do
    [ ! -d "$group" ] || wait_for 10 "the cgroup $group to be empty" remove_cgroup "$group"
  done
  awk -v under="$STATE/" 'index($2, under) == 1 {print $2}' /proc/mounts | sort -r | xargs -r -n1 umount -l
  rm -rf --one-file-system "$STATE"
}
remove_cgroup() { find "$1" -depth -type d -exec rmdir {} +; }
first_processes() { # by the pid file, and by name, should that be lost or of another program by now
  local file pid
  ! alive "$NODE_PID" || cut -d' ' -f1 "$NODE_PID"
  for file in $(grep -lszx "batchapi-cluster-[n]ode-$BATCHAPI_CLUSTER" /proc/[0-9]*/cmdline || true); do
    pid=${file//[^0-9]/}
    ! grep -qs $'^NSpid:.*\t1$' "/proc/$pid/status" || echo "$pid"
  done
}

case ${1:-} in
  check) check ;;
  up) up ;;
  down) down ;;
  kubeconfig)
    echo "$ADMIN"
    require_node 'make kubeconfig'
    ;;
  load)
    require_node 'load'
    in_node ctr image import - <"$2"
    ;;
  node)
    shift
    require_node 'node'
    in_node "$@"
    ;;
  *)
    sed -n 2,10p "$0"
    exit 2
    ;;
esac
