# What the cluster needs of the machine. Each thing that is missing is one sentence with the way out.

require_root() {
  [ "$(uname -s)" = Linux ] || die "$1 needs Linux: set KUBECONFIG to another cluster, for example one of kind."
  [ "$EUID" = 0 ] || die "$1 needs root (namespaces, mounts, cgroups): run it as root, or set KUBECONFIG to another cluster, for example one of kind."
}

require_packages() { # what asks, then for each need: command=package
  local asks=$1 need missing=()
  shift
  for need; do [ -n "$(PATH=$PATH:/usr/sbin:/sbin:/usr/lib/cni type -P "${need%=*}")" ] || missing+=("${need#*=}"); done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "$asks: these programs are missing, install the packages that hold them: ${missing[*]}."
  echo "Installing ${missing[*]}."
  mkdir -p "$CACHE"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$CACHE/apt.log" 2>&1 ||
    die "$asks: these packages are missing and can't be installed (see $CACHE/apt.log): ${missing[*]}."
}

# The node has a network namespace of its own, so its ports are free. What it shares with the machine is three routes.
require_addresses() {
  local range device
  for range in "$NODE_IP/30" "$POD_CIDR" "$SERVICE_CIDR"; do
    device=$(ip -4 route show root "$range" | sed -n 's/.* dev \([^ ]*\).*/\1/p;T;q')
    [ -n "$device" ] || device=$(ip -4 route show match "$range" | sed -n '/^default/d;s/.* dev \([^ ]*\).*/\1/p;T;q')
    [ -z "$device" ] || die "make cluster: the addresses $range are in use by the network device $device: take it down, or use other addresses: BATCHAPI_CLUSTER=1 make cluster (any number to 9)."
  done
  [ ! -e "/sys/class/net/$LINK" ] || die "make cluster: a network device $LINK is here that is not this cluster's: remove it (ip link del $LINK), or use another one: BATCHAPI_CLUSTER=1 make cluster."
}
