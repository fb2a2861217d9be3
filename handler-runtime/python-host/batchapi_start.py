"""Starts the Python host.

    python3 -u batchapi_start.py --socket PATH --code DIR [--connect-seconds N]

Standard library only, CPython 3.9 and newer. The folder is flat, so that a ConfigMap can hold it, and
all files are named batchapi*, so that no module of the author's meets one of ours.

In a pod this text stands in the container's command (python3 -u -c), and two folders are mounted from
ConfigMaps: the host's other files and the author's code. Whoever may write ConfigMaps may replace them
at any moment. So a file is read once, and only what was checked is run: a copy in a folder of the pod.

    --host DIR --host-from DIR --host-digest HEX    the host's files: copied to, from, SHA-256 of all
    --code-from DIR --code-digest HEX               the author's code, which is copied to --code
"""

import os
import sys

# hashlib brings OpenSSL with it, which is a quarter of a host's memory.
try:
    from _sha2 import sha256  # CPython 3.12 and newer
except ImportError:
    try:
        from _sha256 import sha256
    except ImportError:
        from hashlib import sha256

USAGE = "usage: python3 -u batchapi_start.py --socket PATH --code DIR [--connect-seconds N]"
HOST = {"--host", "--host-from", "--host-digest"}
CODE = {"--code-from", "--code-digest"}
# A worker listens before it starts a host: one that is not there by then never will be.
CONNECT_SECONDS = "60"


def main(arguments):
    options = dict(zip(arguments[::2], arguments[1::2]))
    seconds = options.get("--connect-seconds", CONNECT_SECONDS)
    if (
        len(options) * 2 != len(arguments)
        or set(options) - HOST - CODE - {"--connect-seconds"} != {"--socket", "--code"}
        or any(0 < len(group & set(options)) < len(group) for group in (HOST, CODE))
        or not seconds.isdecimal()
    ):
        print(USAGE, file=sys.stderr)
        return 64
    if "--host" in options:
        folder = options["--host"]
        copy(options["--host-from"], options["--host-digest"], folder)
        first = ""  # what python3 -c puts first on the path: the working folder
    else:
        folder = first = os.path.dirname(os.path.abspath(__file__))
    if sys.path and sys.path[0] == first:  # python3 -I and -P leave it out
        del sys.path[0]
    sys.path.append(folder)  # the author's modules and packages come first
    if "--code-from" in options:
        copy(options["--code-from"], options["--code-digest"], options["--code"])
    import batchapi_host

    return batchapi_host.main(options["--socket"], options["--code"], int(seconds))


def copy(source, digest, target):
    """Copies the files of a folder, if all of them together have this digest: of each in the order of
    names, its name, its length in bytes and its content."""
    files = {}
    found = sha256()
    for name in sorted(os.listdir(source)):
        if name.startswith(".."):  # kubelet's own, by which it changes all files at once
            continue
        with open(os.path.join(source, name), "rb") as file:
            files[name] = file.read()
        found.update(b"%s\n%d\n" % (name.encode(), len(files[name])) + files[name])
    if found.hexdigest() != digest:
        raise SystemExit(
            f"batchapi host: {source} does not hold what the job was accepted with: the SHA-256 of"
            f" its files is {found.hexdigest()}, and not {digest}"
        )
    for name, content in files.items():
        with open(os.path.join(target, name), "wb") as file:
            file.write(content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
