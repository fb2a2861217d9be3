#!/usr/bin/env bash
# Gives each claim of the class `local` a folder of the node as its volume, once a pod that wants it is on the node, and takes it away with the claim.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
export KUBECONFIG=$ADMIN
claims='{.type} {.object.metadata.uid} {.object.spec.storageClassName} {.object.status.phase} {.object.metadata.namespace} {.object.metadata.name} {.object.spec.resources.requests.storage} {.object.metadata.annotations.volume\.kubernetes\.io/selected-node}{"\n"}'

provide() { # uid, namespace, claim, size
  mkdir -p "$STATE/volumes/$1" # root's: a pod that is not root needs fsGroup, as on a real volume
  "$BIN/kubectl" create -f - <<Y
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-$1, labels: {batchapi.dev/test-cluster: claimed}}
spec:
  storageClassName: local
  capacity: {storage: $4}
  accessModes: [ReadWriteOnce, ReadOnlyMany, ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: $2, name: $3, uid: $1}
  local: {path: $STATE/volumes/$1}
  nodeAffinity:
    required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node0]}]}]}
Y
}
take_away() { # uid
  "$BIN/kubectl" delete pv "pvc-$1" --ignore-not-found --wait=false
  rm -rf "$STATE/volumes/$1"
}

while :; do
  # Claims that went while nobody watched.
  for volume in $("$BIN/kubectl" get pv -l batchapi.dev/test-cluster -o jsonpath='{.items[?(@.status.phase=="Released")].spec.claimRef.uid}' || true); do
    take_away "$volume"
  done
  while read -r event uid class phase namespace name size node; do
    case $event/$class/$phase in
      DELETED/local/*) take_away "$uid" ;;
      */local/Pending) [ -z "$node" ] || [ -d "$STATE/volumes/$uid" ] || provide "$uid" "$namespace" "$name" "$size" ;;
    esac || echo "claim $namespace/$name: $event failed"
  done < <("$BIN/kubectl" get pvc -A --watch --output-watch-events -o jsonpath="$claims")
  sleep 1
done
