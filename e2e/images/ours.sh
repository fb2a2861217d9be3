#!/usr/bin/env bash
# Builds our images into buildah's storage, from the Dockerfiles that ship, on bases made here. What has not changed is
# not built again.
set -euo pipefail
images=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$images/../..
source "$root/e2e/cluster/settings.sh"
source "$root/e2e/cluster/requirements.sh"
source "$root/deploy/images.env"
source "$images/storage.sh"

build() { # name, folder of the Dockerfile
  local before id log=$CACHE/images/${2%%/*}.log
  before=$(id_of "$1")
  buildah bud --layers --isolation chroot --network host --pull-never \
    --build-arg BASE_IMAGE="$python" --build-arg JDK_IMAGE="$jdk" -t "$1" "$root/$2" >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; die "make images: $2/Dockerfile failed; the whole log is $log."; }
  id=$(id_of "$1")
  [ -z "$before" ] || [ "$before" = "$id" ] || buildah rmi "$before" >/dev/null
}

require_root 'make images'
mkdir -p "$CACHE/images"
require_packages 'make images' buildah=buildah
buildah rm --all >/dev/null 2>&1 || true # what builds that were ended in the middle have left keeps old images from going
python=$("$images/base.sh" python)
jdk=$("$images/base.sh" jdk)
build "$RUNTIME_IMAGE" handler-runtime/image
build "$OPERATOR_IMAGE" operator
