#!/usr/bin/env bash
# `docker build -t NAME FOLDER` and `docker push NAME` for whoever follows docs/authors.md on the test cluster, which has no
# registry: the folder's own Dockerfile on a base that is made here in place of python:3-slim, with the packages that its
# requirements.txt names, which are fetched once; a push gives the image to the cluster.
set -euo pipefail
images=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
source "$images/../cluster/settings.sh"
source "$images/storage.sh"
mkdir -p "$CACHE/images"
exec 8<"$CACHE/images"
flock 8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # -t name folder
  local name=$2 folder=$3 base version before id wheels
  base=$("$images/base.sh" pip)
  version=${base##*:} version=${version%-*}
  wheels=$CACHE/python/wheels-$version-$(sha256sum <"$folder/requirements.txt" | cut -c1-12)
  if [ ! -d "$wheels" ]; then
    rm -rf "$wheels.new"
    "${PYTHON:-python3}" -m pip download -q --disable-pip-version-check --only-binary :all: \
      --python-version "$version" --dest "$wheels.new" -r "$folder/requirements.txt"
    mv "$wheels.new" "$wheels"
  fi
  printf '%s\n' '[global]' 'no-index = true' 'find-links = /wheels' >"$work/pip.conf"
  sed "s|^FROM python:.*|FROM $base|" "$folder/Dockerfile" >"$work/Dockerfile"
  before=$(id_of "$name")
  buildah bud --layers --isolation chroot --pull-never -v "$wheels:/wheels:ro" -v "$work/pip.conf:/etc/pip.conf:ro" \
    -f "$work/Dockerfile" -t "$name" "$folder"
  id=$(id_of "$name")
  [ -z "$before" ] || [ "$before" = "$id" ] || buildah rmi "$before" >/dev/null
}
push() { # name
  local known=$STATE/images/${1//[\/:]/_} id
  id=$(id_of "$1")
  [ "$(cat "$known" 2>/dev/null)" != "$id" ] || return 0
  buildah push -q "$1" "docker-archive:$work/image.tar:$1"
  "$images/../cluster/cluster.sh" load "$work/image.tar"
  echo "$id" >"$known"
}

"$@"
