#!/usr/bin/env bash
# Builds the test cluster's binaries from their Go modules into its folder of the cache, each only when it is not there yet.
# About seven minutes on two cores, once.
set -euo pipefail
source "$(dirname "$0")/../settings.sh"
cd "$here/tools"
out=$BIN version=$KUBERNETES
minor=${version#v1.} minor=${minor%%.*}
component=k8s.io/component-base/version
stamp="-s -w -X $component.gitVersion=$version -X $component.gitMajor=1 -X $component.gitMinor=$minor"

build() { # name, package: whole or not at all, whenever it is stopped
  [ ! -x "$out/$1" ] || return 0
  command -v go >/dev/null || { echo "make cluster: Go is missing: install Go 1.26 or newer (https://go.dev/dl), which builds Kubernetes $version once." >&2; exit 1; }
  [ -d "$out" ] || echo "Building Kubernetes $version into $out; the first time this takes about seven minutes."
  mkdir -p "$out"
  go build -ldflags "$stamp" -o "$out/.new-$1" "$2"
  mv "$out/.new-$1" "$out/$1"
}
for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubeadm kubectl; do
  build $name k8s.io/kubernetes/cmd/$name
done
build etcd go.etcd.io/etcd/server/v3
build pause ./pause
