"""Makes the class archive of the command `batchapi`, with which it starts in half the time.

    class_archive.py

The JVM writes it at the end of a small job over a file of a store, which this program plays. It is of use with the
JDK and the jars that it was made with; with others the JVM goes on without it. See bin/batchapi."""

import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIST = ROOT / "cli/target/dist"
ARCHIVE = DIST / "batchapi.jsa"
ITEMS = b"".join(b'{"id": %d}\n' % number for number in range(100))
ETAG = '"1"'

LISTING = f"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>false</IsTruncated>
<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><Contents><Key>in/items.jsonl</Key><Size>{len(ITEMS)}</Size>
<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>{ETAG}</ETag></Contents></ListBucketResult>
""".encode()

JOB = """\
apiVersion: batchapi.dev/v1alpha1
kind: BatchAPI
metadata: {name: a}
spec:
  batchSize: 10
  handler:
    python:
      inline: |
        class Handler:
            def handle_batch(self, payload):
                return payload
---
apiVersion: batchapi.dev/v1alpha1
kind: BatchJob
metadata: {name: a}
spec:
  apiName: a
  input: {files: {paths: ["s3://b/in/*.jsonl"]}}
"""


class OneFile(http.server.BaseHTTPRequestHandler):
    """A store with one file in one bucket."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if "list-type" in self.path:
            self._answer(200, LISTING)
            return
        first, last = 0, len(ITEMS) - 1
        if asked := self.headers.get("Range"):
            begin, _, end = asked.removeprefix("bytes=").partition("-")
            first, last = int(begin), min(int(end), last) if end else last
        self._answer(206 if asked else 200, ITEMS[first : last + 1], first)

    do_HEAD = do_GET

    def _answer(self, status, body, first=0):
        self.send_response(status)
        self.send_header("Content-Length", len(body))
        self.send_header("ETag", ETAG)
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{first + len(body) - 1}/{len(ITEMS)}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *words):
        pass


def main():
    jars = max(jar.stat().st_mtime for jar in (DIST / "lib").glob("*.jar"))
    if ARCHIVE.exists() and ARCHIVE.stat().st_mtime > jars:
        return
    ARCHIVE.unlink(missing_ok=True)
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), OneFile) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        trouble = archive(pathlib.Path(folder), server.server_port)
        server.shutdown()
    if trouble:
        print(f"No class archive, so batchapi takes a second longer to start:\n{trouble}")


def archive(folder, port):
    """Makes it, in one step; returns what went wrong."""
    (folder / "job.yaml").write_text(JOB)
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    env |= {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "us-east-1",
        "BATCHAPI_JAVA_OPTS": "-XX:ArchiveClassesAtExit=made.jsa -Xlog:cds*=off",
    }
    try:
        ran = subprocess.run(
            [ROOT / "bin/batchapi", "run", "job.yaml", "--results", "results/"],
            check=False,
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    if ran.returncode or not (folder / "made.jsa").exists():
        return ran.stdout.decode(errors="replace")[-2000:]
    shutil.copyfile(folder / "made.jsa", ARCHIVE.with_suffix(".new"))
    ARCHIVE.with_suffix(".new").replace(ARCHIVE)
    return None


if __name__ == "__main__":
    sys.exit(main())
