#!/usr/bin/env bash
# An image of one static program, as a docker-archive on standard output.
#   static-image.sh NAME PROGRAM PATH-IN-THE-IMAGE [USER]
set -euo pipefail
name=$1 program=$2 path=$3 user=${4:-0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root$(dirname "$path")" "$work/root/tmp"
chmod 1777 "$work/root/tmp"
install -m 755 "$program" "$work/root$path"
# The same program gives the same image.
tar -C "$work/root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
cat >"$work/config.json" <<J
{"architecture": "$(dpkg --print-architecture)", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]},
 "config": {"Entrypoint": ["$path"], "User": "$user", "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]}}
J
echo '[{"Config": "config.json", "RepoTags": ["'"$name"'"], "Layers": ["layer.tar"]}]' >"$work/manifest.json"
tar -C "$work" -c layer.tar config.json manifest.json
