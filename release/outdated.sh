#!/usr/bin/env bash
# Lists newer versions: of Maven's libraries and plugins, of linters, of Go programs (module@version each).
# Called by `make outdated`, which sets MVN and PYTHON.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
linters=$1
shift

echo "Maven (versions stand in pom.xml):"
# Releases alone, no milestones.
ignored=-Dmaven.version.ignore='(?i).*[.-](alpha|beta|rc|cr|m|ea)[.-]?\d*'
for goal in display-property-updates display-plugin-updates; do
  # The plugins' list goes on with what older Mavens could use.
  $MVN -N "versions:$goal" "$ignored" | sed -n '/Require Maven/,$d; s/^.*\[INFO\]   \(.* -> .*\)/  \1/p'
done

echo "Python (versions stand in the Makefile):"
"$PYTHON" -m pip list --path "$linters" --outdated --format columns --disable-pip-version-check | sed '1,2d;s/^/  /'

echo "Go (versions stand in the Makefile and e2e/cluster.mk; Kubernetes and etcd in e2e/cluster/tools/go.mod):"
for module; do
  newest=$(cd /tmp && go list -m -f '{{.Version}}' "${module%@*}@latest")
  [ "$newest" = "${module#*@}" ] || echo "  ${module/@/ } -> $newest"
done
(cd e2e/cluster/tools && go list -m -u -f '{{if and (not .Indirect) .Update}}  {{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' all 2>/dev/null | grep . || true)
