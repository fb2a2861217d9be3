# Buildah with a storage of its own in the cache: no other image of this machine is seen or touched.
buildah() { command buildah --root "$CACHE/images/storage" --runroot "$CACHE/images/run" "$@"; }
id_of() { buildah images -q --no-trunc "$1" 2>/dev/null || true; }
