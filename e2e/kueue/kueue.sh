#!/usr/bin/env bash
# Kueue on the test cluster, as its manifests install it, without its own API server for pending workloads: one that is
# gone again would hold up the deletion of every namespace. `make kueue` starts it, `e2e/kueue/kueue.sh down` ends it.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$scripts/../cluster/settings.sh"
export KUBECONFIG=$ADMIN PATH=$BIN:$PATH
folder=$STATE/kueue

up() { # version
  local module
  module=$(cd "$STATE" && go mod download -json "sigs.k8s.io/kueue@$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  rm -rf "$folder"
  cp -r --no-preserve=mode "$module/config" "$folder"
  cp "$scripts/controller_manager_config.yaml" "$folder/components/manager/"
  mkdir "$folder/batchapi"
  cp "$folder"/default/manager_{config,webhook}_patch.yaml "$folder/batchapi"
  sed "s/VERSION/$1/" "$scripts/kustomization.yaml" >"$folder/batchapi/kustomization.yaml"
  "$scripts/../images/static-image.sh" "batchapi-e2e/kueue:$1" "$CACHE/bin/kueue" /manager 65532 >"$folder/image.tar"
  "$scripts/../cluster/cluster.sh" load "$folder/image.tar"
  rm "$folder/image.tar"
  kubectl apply --server-side --force-conflicts -k "$folder/batchapi"
  kubectl -n kueue-system rollout status deployment/kueue-controller-manager --timeout=120s
}

# First what would refuse pods and Jobs of all namespaces if the rest did not succeed, then what only Kueue can let go.
down() {
  [ -e "$folder/batchapi/kustomization.yaml" ] || return 0
  kubectl delete --ignore-not-found \
    mutatingwebhookconfiguration/kueue-mutating-webhook-configuration \
    validatingwebhookconfiguration/kueue-validating-webhook-configuration
  local kind
  for kind in $(kubectl api-resources --api-group=kueue.x-k8s.io -o name); do
    kubectl delete "$kind" --all --all-namespaces --timeout=30s
  done
  kubectl delete -k "$folder/batchapi" --ignore-not-found --timeout=90s
  rm -rf "$folder"
}

"$@"
