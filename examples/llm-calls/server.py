"""A service such as those that are paid by the call, for trying handlers that call one.

    python3 server.py [--port PORT]               serves until Ctrl-C
    python3 server.py COMMAND [ARGUMENT ...]      serves while a command runs, and says what came

POST / with {"prompt": "..."} and the header "Authorization: Bearer KEY" is answered with
{"text": "..."}, after 50 ms. Of the calls 5 % are answered with 500 and 2 % hang; an empty prompt is
refused with 400. More than 200 calls a second are answered with 429 and Retry-After. Which calls
fail follows from the prompt and from how often it came, so that each run is like the other.
GET / tells how many calls ended how, so far.

With LLM_HANGS_SECONDS in its environment calls hang for so long: a handler that gives busy machines
more time for a call needs a service that hangs for longer.
"""

import collections
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import zlib

PER_SECOND, BURST = 200, 40
SECONDS, HANGS_SECONDS = 0.05, float(os.environ.get("LLM_HANGS_SECONDS", "10"))
KEY = os.environ.get("LLM_KEY", "a-key")


class Bucket:
    """Lets so many calls a second through, and a burst of them after a rest."""

    def __init__(self):
        self.calls, self.at, self.lock = BURST, time.monotonic(), threading.Lock()

    def take(self):
        with self.lock:
            now = time.monotonic()
            self.calls = min(BURST, self.calls + (now - self.at) * PER_SECOND)
            self.at = now
            if self.calls < 1:
                return False
            self.calls -= 1
            return True


class Service(http.server.BaseHTTPRequestHandler):
    bucket, lock = Bucket(), threading.Lock()
    seen, counts = collections.Counter(), collections.Counter()

    def do_GET(self):
        with self.lock:
            counts = dict(self.counts)
        self.send(200, counts)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != "Bearer " + KEY:
            self.answer("unauthorized", 401, {"error": "no such key"})
        elif not self.bucket.take():
            self.answer("told to wait", 429, {"error": "too many calls"}, {"Retry-After": "1"})
        elif not body["prompt"]:
            self.answer("refused", 400, {"error": "the prompt is empty"})
        else:
            self.work(body["prompt"])

    def work(self, prompt):
        with self.lock:
            self.seen[prompt] += 1
            chance = zlib.crc32(f"{prompt} {self.seen[prompt]}".encode()) % 100
        if chance < 2:
            self.count("hung")
            time.sleep(HANGS_SECONDS)
            return
        time.sleep(SECONDS)
        if chance < 7:
            self.answer("failed", 500, {"error": "the model is away"})
        else:
            self.answer("answered", 200, {"text": f"{len(prompt.split())} words"})

    def answer(self, name, status, body, headers=()):
        self.count(name)
        self.send(status, body, headers)

    def send(self, status, body, headers=()):
        content = json.dumps(body).encode()
        self.send_response(status)
        for header, value in dict(headers, **{"Content-Length": len(content)}).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(content)

    def count(self, name):
        with self.lock:
            self.counts[name] += 1

    def log_message(self, *_):
        """Of thousands of calls no line each."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128

    def handle_error(self, *_):
        """Who has hung up is not there to hear an answer."""


def main(arguments):
    if arguments[:1] == ["--port"] or not arguments:
        with Server(("", int(arguments[1]) if arguments else 8089), Service) as server:
            print(f"LLM_URL=http://127.0.0.1:{server.server_port} LLM_KEY={KEY}", flush=True)
            server.serve_forever()
    with Server(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        ended = subprocess.run(
            arguments, check=False, env={**os.environ, "LLM_URL": url, "LLM_KEY": KEY}
        )
        counted = ", ".join(f"{n} {name}" for name, n in sorted(Service.counts.items()))
        print(f"server: {sum(Service.counts.values())} calls: {counted}")
        server.shutdown()
        return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
