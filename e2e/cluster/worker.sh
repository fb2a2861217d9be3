# The worker's half of the node: containerd, kubelet, kube-proxy, and CoreDNS, volumes and NetworkPolicies for its pods. Sourced by node.sh.
# shellcheck disable=SC2154 # settings.sh, which node.sh reads, sets them

configure_worker() {
  mkdir -p "$STATE"/{containerd,cni,kubelet,volumes}
  : >"$STATE/resolv.conf" # pods ask the cluster's DNS and nobody else
  cat >"$STATE/cni/10-bridge.conflist" <<Y
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "/run/cni", "ranges": [[{"subnet": "$POD_CIDR"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
Y
  # restrict_oom_score_adj: root may lack CAP_SYS_RESOURCE, and runc then can't start a sandbox.
  cat >"$STATE/containerd.toml" <<Y
version = 2
root = "$STATE/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
Y
  cat >"$STATE/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $STATE/pki/ca.crt}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
clusterDNS: [$DNS_IP]
clusterDomain: cluster.local
resolvConf: $STATE/resolv.conf
maxPods: 200
serializeImagePulls: false
# No image is ever collected: none could be pulled again.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
Y
  cat >"$STATE/Corefile" <<Y
cluster.local {
  bind $NODE_IP
  ready 127.0.0.1:8181
  kubernetes {
    kubeconfig $ADMIN
  }
  cache 5
}
. { # there is no other name: say so at once
  bind $NODE_IP
  template ANY ANY {
    rcode NXDOMAIN
  }
}
Y
}

make_cgroup() { # the parent of all pods
  local hierarchy setting
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # v2
    for setting in cpuset cpu io memory hugetlb pids; do echo +$setting >/sys/fs/cgroup/cgroup.subtree_control || true; done 2>/dev/null
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$CGROUP"
    for setting in cpuset.cpus cpuset.mems; do # empty ones let no process in
      [ ! -e "$hierarchy/$setting" ] || cat "$hierarchy/$setting" >"$hierarchy/$CGROUP/$setting"
    done
  done
}

run_kubelet() {
  run kubelet "$BIN/kubelet" --config "$STATE/kubelet.yaml" --kubeconfig "$STATE/kubelet.conf" --hostname-override node0 \
    --node-ip "$NODE_IP" --root-dir "$STATE/kubelet" --cert-dir "$STATE/kubelet/pki" --v 2
}

run_services() {
  # Conntrack's limits belong to the machine: left as they are.
  run kube-proxy "$BIN/kube-proxy" --kubeconfig "$ADMIN" --cluster-cidr "$POD_CIDR" --hostname-override node0 --proxy-mode iptables \
    --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0 --conntrack-tcp-timeout-close-wait 0
  run coredns "$CACHE/bin/coredns" -conf "$STATE/Corefile"
  run volumes bash "$here/volumes.sh"
  wait_for 60 'the node to register itself' "$BIN/kubectl" get node node0 # or kube-router ends at once
  # Its firewall alone, which writes NetworkPolicies as iptables' rules; routes and Services are others' work.
  run kube-router "$CACHE/bin/kube-router" --kubeconfig "$ADMIN" --hostname-override node0 --service-cluster-ip-range "$SERVICE_CIDR" \
    --run-firewall=true --run-router=false --run-service-proxy=false --run-loadbalancer=false
}

pause_image() { # the sandbox of every pod
  [ -z "$(ctr -a "$SOCKET" -n k8s.io image ls -q name==localhost/pause:1)" ] || return 0
  "$here/../images/static-image.sh" localhost/pause:1 "$BIN/pause" /pause | ctr -a "$SOCKET" -n k8s.io image import - >/dev/null
}
