#!/usr/bin/env bash
# The tests, all of them: as root with a cluster, which is made if none runs and then taken away again; otherwise those
# that need none, and the others say that they are skipped. Called by `make test`, which sets MAKE, MVN, PYTHON and LOOPS.
# Each step says one line; what it prints is in target/test/. What failed stands at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { # name, command...
  "$PYTHON" e2e/report/step.py "$@"
}
python_tests() { # name, folder
  step "$1" bash -c 'cd "$0" && exec "$PYTHON" -m unittest discover -b' "$2"
}

step lint "$MAKE" lint
PYTHONPATH=$LOOPS python_tests python-host handler-runtime/python-host/tests
python_tests installer deploy
python_tests report e2e/report
python_tests benchmark cli/src/bench/data

if [ "$(id -u)" != 0 ]; then
  echo "SKIPPED: the tests on a real Kubernetes: starting one needs root. Everything else is tested." >&2
  exec env -u BATCHAPI_E2E_KUBECONFIG "$PYTHON" e2e/report/maven.py verify
fi

source e2e/cluster/settings.sh
if e2e/cluster/cluster.sh kubeconfig >/dev/null 2>&1; then
  trap 'e2e/kueue/kueue.sh down >target/test/end.log 2>&1' EXIT # of a test that was ended in the middle
else
  trap '$MAKE -s cluster-down >target/test/end.log 2>&1' EXIT
fi
step cluster "$MAKE" cluster
step images "$MAKE" images "$CACHE/bin/kueue-$KUEUE_VERSION"
export KUBECONFIG=$ADMIN BATCHAPI_E2E_KUBECONFIG=$ADMIN BATCHAPI_E2E_AUDIT_LOG=$STATE/log/audit.log PATH=$BIN:$PATH
step installation "$MAKE" install
# The images' tags stay the same from build to build.
kubectl -n batchapi-system rollout restart deployment/batchapi-operator >/dev/null
step operator kubectl -n batchapi-system rollout status deployment/batchapi-operator --timeout=120s
step release "$MAKE" release
python_tests release-files release
"$PYTHON" e2e/report/maven.py verify
