#!/usr/bin/env bash
# Gives our images to the test cluster, with the other images that pods of the product and of its tests ask for. What
# has not changed is neither built nor imported.
set -euo pipefail
images=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$images/../..
source "$root/e2e/cluster/settings.sh"
source "$root/e2e/cluster/requirements.sh"
source "$root/deploy/images.env"
source "$images/storage.sh"

load() { # name, what tells its content from another's, command that writes it as a docker-archive to a file
  local name=$1 content=$2 known=$STATE/images/${1//[\/:]/_}
  shift 2
  [ "$(cat "$known" 2>/dev/null)" != "$content" ] || return 0
  "$@" "$work/image.tar"
  "$root/e2e/cluster/cluster.sh" load "$work/image.tar" >/dev/null
  rm "$work/image.tar"
  mkdir -p "${known%/*}"
  echo "$content" >"$known"
  echo "$name is in the cluster."
}
built() { # name, local name: of an image in buildah's storage
  load "$1" "$(id_of "$2")" archive "$1" "$2"
}
archive() { buildah push -q "$2" "docker-archive:$3:$1"; }
program() { # name, program, path in the image, user
  load "$1" "$(sha256sum <"$2")" static "$@"
}
static() { "$images/static-image.sh" "${@:1:4}" >"$5"; }

require_root 'make images'
alive "$NODE_PID" || die "make images: no cluster is running on this machine: start it with 'make cluster'."
mkdir -p "$CACHE/images"
exec 8<"$CACHE/images"
flock 8
"$images/ours.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
built "$RUNTIME_IMAGE" "$RUNTIME_IMAGE"
built "$OPERATOR_IMAGE" "$OPERATOR_IMAGE"
# An author's image built on ours, with a compiled handler.
author=$CACHE/images/author
mkdir -p "$author/lib" "$author/classes"
cp "$images/author/Dockerfile" "$author"
"$JAVA_HOME/bin/javac" --release 17 -d "$author/classes" -cp "$root/handler-api/target/classes" "$images/author/Counter.java"
"$JAVA_HOME/bin/jar" --create --date 2026-01-01T00:00:00Z --file "$author/lib/counter.jar" -C "$author/classes" .
buildah bud --layers --isolation chroot --pull-never --build-arg BASE_IMAGE="$RUNTIME_IMAGE" -t batchapi-e2e/java:1 "$author" \
  >"$CACHE/images/author.log" 2>&1 || { tail -n 20 "$CACHE/images/author.log" >&2; die "make images: the author's image failed."; }
built batchapi-e2e/java:1 batchapi-e2e/java:1
# What the public images of these names hold, without the rest.
program "$NATS_IMAGE" "$CACHE/bin/nats-server" /usr/local/bin/nats-server 0
program "$STATSD_EXPORTER_IMAGE" "$CACHE/bin/statsd_exporter" /bin/statsd_exporter 65534
# An S3 server, for the tests.
program batchapi-e2e/versitygw:1 "$CACHE/bin/versitygw" /versitygw 65532
# An author's image: Python and nothing of ours.
built batchapi-e2e/python:3.11 "$("$images/base.sh" python)"
# A program that does nothing, for `make bench-job`.
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$CACHE/images/nothing" "$images/nothing/main.go"
program batchapi-e2e/nothing:1 "$CACHE/images/nothing" /nothing 65532
