# The control plane's processes: etcd, API server, controllers. Sourced by node.sh.
# shellcheck disable=SC2154 # settings.sh, which node.sh reads, sets them

make_certificates() {
  [ ! -e "$ADMIN" ] || return 0
  local phase="$BIN/kubeadm init phase"
  cat >"$STATE/kubeadm.yaml" <<Y
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $NODE_IP, bindPort: 6443}
nodeRegistration: {name: node0}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $KUBERNETES
certificatesDir: $STATE/pki
encryptionAlgorithm: ECDSA-P256
networking: {serviceSubnet: $SERVICE_CIDR, podSubnet: $POD_CIDR}
Y
  {
    $phase certs all --config "$STATE/kubeadm.yaml"
    $phase kubeconfig all --config "$STATE/kubeadm.yaml" --kubeconfig-dir "$STATE"
  } >"$STATE/log/kubeadm.log" 2>&1 || die "kubeadm could not make the certificates; see $STATE/log/kubeadm.log."
  cp "$STATE/admin.conf" "$ADMIN"
}

run_control_plane() {
  # No fsync: what a crash of the machine would lose, the next start makes anew.
  run etcd "$BIN/etcd" --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
  run kube-apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --advertise-address="$NODE_IP" --secure-port=6443 --service-cluster-ip-range="$SERVICE_CIDR" \
    --max-requests-inflight=400 --max-mutating-requests-inflight=200 \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --audit-policy-file="$here/config/audit.yaml" --audit-log-path="$STATE/log/audit.log" --audit-log-maxsize=100 --audit-log-maxbackup=1 \
    --kubelet-preferred-address-types=InternalIP --client-ca-file="$STATE/pki/ca.crt" \
    --tls-cert-file="$STATE/pki/apiserver.crt" --tls-private-key-file="$STATE/pki/apiserver.key" \
    --kubelet-client-certificate="$STATE/pki/apiserver-kubelet-client.crt" --kubelet-client-key="$STATE/pki/apiserver-kubelet-client.key" \
    --requestheader-client-ca-file="$STATE/pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$STATE/pki/front-proxy-client.crt" --proxy-client-key-file="$STATE/pki/front-proxy-client.key" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$STATE/pki/sa.pub" --service-account-signing-key-file="$STATE/pki/sa.key"
}

# shellcheck disable=SC2046 # options, each a word
run_controllers() {
  local name
  for name in controller-manager scheduler; do
    run "kube-$name" "$BIN/kube-$name" --kubeconfig="$STATE/$name.conf" --leader-elect=false --bind-address=127.0.0.1 \
      --authentication-kubeconfig="$STATE/$name.conf" --authorization-kubeconfig="$STATE/$name.conf" \
      $([ $name = scheduler ] || echo "--service-account-private-key-file=$STATE/pki/sa.key --root-ca-file=$STATE/pki/ca.crt
        --cluster-signing-cert-file=$STATE/pki/ca.crt --cluster-signing-key-file=$STATE/pki/ca.key
        --use-service-account-credentials=true --allocate-node-cidrs=false")
  done
}

configure_cluster() { # who is admin, DNS, volumes
  sed "s/NODE_IP/$NODE_IP/;s/DNS_IP/$DNS_IP/" "$here/config/cluster.yaml" |
    "$BIN/kubectl" apply --server-side --kubeconfig "$STATE/super-admin.conf" -f - >"$STATE/log/configure.log" 2>&1 ||
    die "The cluster's own objects could not be made; see $STATE/log/configure.log."
  touch "$STATE/configured"
}
