#!/usr/bin/env bash
# The tests, all of them: as root with a cluster, which is made if none runs and then taken away again; otherwise those
# that need none, and the others say that they are skipped. Called by `make test`, which sets MAKE, MVN and PYTHON.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for folder in handler-runtime/src/test/python deploy; do
  (cd "$folder" && "$PYTHON" -m unittest discover)
done

if [ "$(id -u)" != 0 ]; then
  echo "SKIPPED: the tests on a real Kubernetes: starting one needs root. Everything else is tested." >&2
  exec env -u BATCHAPI_E2E_KUBECONFIG $MVN verify
fi

source e2e/cluster/settings.sh
if e2e/cluster/cluster.sh kubeconfig >/dev/null 2>&1; then
  trap 'e2e/kueue/kueue.sh down' EXIT # of a test that was ended in the middle
else
  trap '$MAKE -s cluster-down' EXIT
fi
$MAKE cluster images "$CACHE/bin/kueue-$KUEUE_VERSION"
export KUBECONFIG=$ADMIN BATCHAPI_E2E_KUBECONFIG=$ADMIN BATCHAPI_E2E_AUDIT_LOG=$STATE/log/audit.log PATH=$BIN:$PATH
$MAKE install
# The images' tags stay the same from build to build.
kubectl -n batchapi-system rollout restart deployment/batchapi-operator
kubectl -n batchapi-system rollout status deployment/batchapi-operator --timeout=120s
$MVN verify
