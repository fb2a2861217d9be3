#!/usr/bin/env bash
# Makes the bases of our images without a registry, in buildah's storage, each once: base.sh python | jdk | pip
# Prints the image's name. What it is made of is in that name.
#   python  Debian's Python with its whole standard library and busybox as the shell: what an author's image may be
#   jdk     that, and the JDK of JAVA_HOME, for jlink
#   pip     that Python, with pip and what compiled libraries need: in place of the registries' python:3-slim
set -euo pipefail
images=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$images/../cluster/settings.sh"
source "$images/storage.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

commit() { # name, from, folder, then buildah config's options
  local name=$1 container
  container=$(buildah from --pull-never "$2")
  buildah add -q "$container" "$3" / >/dev/null
  shift 3
  buildah config "$@" "$container"
  buildah commit -q --rm "$container" "$name" >/dev/null
}

python() {
  local version name closure program
  version=$(apt-cache show --no-all-versions python3 | sed -n 's/^Version: \(3\.[0-9]*\).*/\1/p')
  [ -n "$version" ] || { apt-get update -q >&2 && version=$(apt-cache show --no-all-versions python3 | sed -n 's/^Version: \(3\.[0-9]*\).*/\1/p'); }
  name=localhost/batchapi-base-python:$version-3
  echo "$name"
  [ -z "$(id_of "$name")" ] || return 0
  # All that Python's library needs, without the tools for installing packages and the interpreters that come with them.
  closure=$(apt-cache depends --recurse --no-{recommends,suggests,conflicts,breaks,replaces,enhances,pre-depends} \
    "python$version-minimal" "libpython$version-stdlib" | grep -E '^[a-z0-9]' | sort -u |
    grep -vE '^(dpkg|tar|install-info|mailcap|mime-support|readline-common|(lib)?perl.*)$')
  # shellcheck disable=SC2086 # names, each a word
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root $closure libc-bin tzdata busybox-static)
  for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
  find "$work/root/usr/share/doc" -type f ! -name copyright -delete # licences stay
  rm -rf "$work"/root/usr/share/{man,locale,lintian,bash-completion,info,applications,pixmaps} "$work"/root/usr/share/zoneinfo/right
  ln -s "python$version" "$work/root/usr/bin/python3"
  for program in $("$work/root/bin/busybox" --list); do
    [ -e "$work/root/bin/$program" ] || ln -s busybox "$work/root/bin/$program"
  done
  install -d -m 1777 "$work/root/tmp"
  install -d "$work"/root/{etc,proc,dev,sys,root,var}
  printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/tmp:/bin/sh >"$work/root/etc/passwd"
  printf '%s\n' root:x:0: nogroup:x:65534: >"$work/root/etc/group"
  commit "$name" scratch "$work/root" --cmd python3 --env PATH=/usr/local/bin:/usr/bin:/bin --env LANG=C.UTF-8
}

jdk() {
  local name base
  base=$(python)
  name=localhost/batchapi-base-jdk:$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$JAVA_HOME/release" | tr '+' '-')-3
  echo "$name"
  [ -z "$(id_of "$name")" ] || return 0
  mkdir -p "$work/jdk/opt"
  cp -rL "${JAVA_HOME:?is not set}" "$work/jdk/opt/jdk" # with what Debian links to, as the certificates
  rm -f "$work"/jdk/opt/jdk/lib/src.zip # jlink wants all the rest as it came
  commit "$name" "$base" "$work/jdk" --env PATH=/opt/jdk/bin:/usr/local/bin:/usr/bin:/bin
}

pip() {
  local name base version
  base=$(python)
  version=${base##*:} version=${version%-*}
  name=localhost/batchapi-base-pip:$version-1
  echo "$name"
  [ -z "$(id_of "$name")" ] || return 0
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root libstdc++6 libgomp1 libgcc-s1)
  for package in "$work"/*.deb; do dpkg -x "$package" "$work/pip"; done
  rm -rf "$work/pip/usr/share"
  "${PYTHON:-python3}" -m pip install -q --disable-pip-version-check --root-user-action=ignore \
    --target "$work/pip/usr/local/lib/python$version/dist-packages" pip
  install -d "$work/pip/usr/local/bin"
  printf '%s\n' '#!/usr/bin/python3' 'import sys' 'from pip._internal.cli.main import main' 'sys.exit(main())' \
    >"$work/pip/usr/local/bin/pip"
  chmod 755 "$work/pip/usr/local/bin/pip"
  commit "$name" "$base" "$work/pip" --env PIP_BREAK_SYSTEM_PACKAGES=1 --env PIP_ROOT_USER_ACTION=ignore
}

"$1"
