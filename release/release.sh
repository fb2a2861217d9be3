#!/usr/bin/env bash
# Makes what a release consists of, in target/release/. Called by `make release`, which sets MVN; RELEASING.md says what
# each file is for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source e2e/cluster/settings.sh
source e2e/images/storage.sh
source deploy/images.env
PATH=$PATH:$BIN
version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml)
out=$PWD/target/release
rm -rf "$out"
mkdir -p "$out"

images() {
  mkdir -p "$CACHE/images"
  flock "$CACHE/images" e2e/images/ours.sh # as make images does
  local image name
  for image in "$OPERATOR_IMAGE" "$RUNTIME_IMAGE"; do
    name=${image%:*}
    buildah push -q "$image" "oci-archive:$out/${name##*/}-$version.oci.tar:$image"
  done
}

command_line() { # the archive holds what bin/batchapi looks for
  local folder=target/release-cli/batchapi-$version dist=cli/target/dist
  rm -rf target/release-cli
  mkdir -p "$folder/bin"
  cp bin/batchapi bin/find-jdk "$folder/bin"
  cp -r "$dist"/{lib,python,templates,THIRD-PARTY.txt,LICENSE,NOTICE} "$folder"
  find "$folder" -name __pycache__ -prune -exec rm -r {} +
  tar -C target/release-cli --sort=name --mtime=2026-01-01T00:00Z --owner=0 --group=0 --numeric-owner \
    -czf "$out/batchapi-$version.tar.gz" "batchapi-$version"
}

jars() { # what authors compile against and may use elsewhere
  local module
  $MVN -q -Dmaven.test.skip=true -pl handler-api,metrics-client,handler-testkit -am package source:jar-no-fork javadoc:jar
  for module in handler-api metrics-client handler-testkit; do
    cp "$module/target/$module-$version"{,-sources,-javadoc}.jar "$out"
  done
}

wheel() { # for the tests of authors in Python
  make -s wheel PYTHON="$PYTHON"
  cp target/python/batchapi-*.whl "$out"
}

schemas() { # for editors, and for checks of YAML
  local kind
  bin/batchapi schema >"$out/batchapi.schema.json"
  for kind in BatchAPI BatchJob; do bin/batchapi schema "$kind" >"$out/$kind.schema.json"; done
}

bill_of_materials() {
  $MVN -q cyclonedx:makeAggregateBom -DoutputDirectory="$out" -DoutputName="batchapi-$version.cdx"
}

images
command_line
jars
wheel
schemas
bill_of_materials
kubectl kustomize deploy >"$out/install.yaml"
(cd "$out" && sha256sum -- * >SHA256SUMS)
echo "The release $version is in target/release/."
