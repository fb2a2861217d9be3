#!/usr/bin/env bash
# The tests, all of them: as root with a cluster, which is made if none runs and then taken away again; otherwise those
# that need none, and the others say that they are skipped. Called by `make test`, which sets MAKE, MVN, PYTHON and LOOPS.
# Each step says one line; what it prints is in target/test/. What failed stands at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Beside this script, which could not end them while it waits for one of its own.
run() { "$PYTHON" "$@" & wait $!; }
step() { # name, command...
  run e2e/report/step.py "$@"
}
python_tests() { # name, folder
  step "$1" bash -c 'cd "$0" && exec "$PYTHON" -m unittest discover -b' "$2"
}
all_python_tests() {
  PYTHONPATH=$LOOPS python_tests python-host handler-runtime/python-host/tests
  python_tests installer deploy
  python_tests report e2e/report
  python_tests benchmark cli/src/bench/data
}
end() {
  local running
  mapfile -t running < <(jobs -p)
  if ((${#running[@]})); then kill "${running[@]}" 2>/dev/null || true; fi
  wait
  [ -z "$1" ] || "$@" >target/test/end.log 2>&1
}
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'end ""' EXIT

step lint "$MAKE" lint
if [ "$(id -u)" != 0 ]; then
  all_python_tests
  echo "SKIPPED: the tests on a real Kubernetes: starting one needs root. Everything else is tested." >&2
  unset BATCHAPI_E2E_KUBECONFIG
  run e2e/report/maven.py verify
  exit
fi

source e2e/cluster/settings.sh
if e2e/cluster/cluster.sh kubeconfig >/dev/null 2>&1; then
  trap 'end e2e/kueue/kueue.sh down' EXIT # of a test that was ended in the middle
else
  trap 'end "$MAKE" -s cluster-down' EXIT
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
python_tests class-archive cli

# Tests on the cluster mostly wait, those of the modules compute. So one Maven builds all, lets the operator's tests that
# are to be alone on the cluster run, and then those of e2e; when it is there, another one runs all other tests beside it.
# The tests in Python fill the time until then.
"$PYTHON" e2e/report/maven.py \
  verify -pl e2e -am -Dgroups=alone -Dtest.forks=1 \
    -Dtest=none -Dit.test='dev/batchapi/operator/**/*IT,dev/batchapi/e2e/*IT' \
    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
  -- verify -pl '!e2e' -DexcludedGroups=alone &
maven=$!
all_python_tests
wait $maven
