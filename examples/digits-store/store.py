"""An S3 server with the digits in it, for as long as a command runs:

    python3 store.py COMMAND [ARGUMENT ...]

The server is versitygw, of `make tools` or on the PATH. What it holds are files in target/store/, a
folder for each bucket: `digits` with the input, and `results`, which is emptied at the start.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

DIGITS = pathlib.Path(__file__).parent.parent / "digits" / "digits-data.yaml"
FOLDER = pathlib.Path("target/store")
CACHE = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hush-hush-hush"}


def fill():
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "digits").mkdir(parents=True)
    (FOLDER / "results").mkdir()
    lines = [line.strip() for line in DIGITS.read_text().splitlines() if line.startswith("    {")]
    (FOLDER / "digits" / "digits.jsonl").write_text("\n".join(lines) + "\n")


def serve():
    """The server's process and address."""
    path = os.pathsep.join([os.environ["PATH"], os.path.join(CACHE, "batchapi", "bin")])
    program = shutil.which("versitygw", path=path) or sys.exit("versitygw is missing: `make tools`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    server = subprocess.Popen(
        [program, "--port", f"127.0.0.1:{address[1]}", "--quiet", "posix", str(FOLDER)],
        env={
            "ROOT_ACCESS_KEY": KEYS["AWS_ACCESS_KEY_ID"],
            "ROOT_SECRET_KEY": KEYS["AWS_SECRET_ACCESS_KEY"],
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(address, 1).close()
            return server, f"http://127.0.0.1:{address[1]}"
        except OSError:
            time.sleep(0.05)
    server.kill()
    sys.exit("versitygw does not start; by hand: versitygw posix " + str(FOLDER))


def main(command):
    fill()
    server, address = serve()
    store = {"AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1", **KEYS}
    try:
        code = subprocess.run(command, check=False, env={**os.environ, **store}).returncode
    finally:
        server.terminate()
        server.wait()
    for file in sorted(FOLDER.rglob("*.json*")):
        print(f"s3://{file.relative_to(FOLDER)}  {file.stat().st_size:,} bytes")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
