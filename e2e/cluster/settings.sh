# Names, addresses and folders of the test cluster, for the scripts beside this one, on the machine and in the node.
# BATCHAPI_CLUSTER=1 (to 9) is a second cluster beside the first: nothing in it is shared but the binaries.
# shellcheck disable=SC2034 # the scripts that read this one use them
BATCHAPI_CLUSTER=${BATCHAPI_CLUSTER:-0}
[[ $BATCHAPI_CLUSTER =~ ^[0-9]$ ]] || { echo "BATCHAPI_CLUSTER is '$BATCHAPI_CLUSTER': it must be a number from 0 to 9." >&2; exit 1; }
export BATCHAPI_CLUSTER

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/batchapi}
export CACHE
KUBERNETES=$(awk '$1 == "k8s.io/kubernetes" {print $2}' "$here/tools/go.mod")
BIN=$CACHE/cluster/$KUBERNETES

# One folder for the machine, whoever's checkout it is: a second `make cluster` finds the first one's.
ROOT=/var/lib/batchapi-cluster
STATE=$ROOT/$BATCHAPI_CLUSTER
NODE=batchapi-cluster-node-$BATCHAPI_CLUSTER
NODE_PID=$STATE/node.pid
SOCKET=$STATE/containerd.sock
ADMIN=$STATE/kubeconfig

CGROUP=batchapi-cluster-$BATCHAPI_CLUSTER
LINK=batchapi$BATCHAPI_CLUSTER
NODE_IP=192.168.$((77 + BATCHAPI_CLUSTER)).1
HOST_IP=192.168.$((77 + BATCHAPI_CLUSTER)).2
POD_CIDR=10.$((200 + BATCHAPI_CLUSTER)).0.0/16
SERVICE_CIDR=10.$((210 + BATCHAPI_CLUSTER)).0.0/16
DNS_IP=10.$((210 + BATCHAPI_CLUSTER)).0.10

die() { echo "$*" >&2; exit 1; }
wait_for() { # seconds, what, command...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || die "Timed out waiting for $what; the logs are in $STATE/log."
    sleep .1
  done
}
started_at() { # pid: when that process began, in clock ticks; nothing and false when there is none
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return
  read -ra stat <<<"${stat##*) }"
  [ "${stat[0]}" != Z ] && echo "${stat[19]}"
}
# A pid file holds the pid and when it began: a pid alone may be another program's by now.
alive() { # pid file
  local pid began
  read -r pid began 2>/dev/null <"$1" && [ -n "$began" ] && [ "$(started_at "$pid")" = "$began" ]
}
