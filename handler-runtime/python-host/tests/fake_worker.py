"""The worker's end of the protocol, as small as it goes, and a real host process at the other."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

HOST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../batchapi_start.py")
HELLO, START, READY, INVALID, BROKEN, HANDLE, RESULT, FAILED, COMPLETE = range(1, 10)
METRIC, STOP, LOSSES, FLUSH, REPLACE, ITEMS, WANT, PERMITS = range(10, 18)
PATIENCE_SECONDS = 20


class Metric:
    def __init__(self, body):
        kind, self.value, length = struct.unpack_from(">BdH", body)
        self.kind = chr(kind)
        self.name = body[11 : 11 + length].decode("utf-8")
        at = 11 + length
        count, at = body[at], at + 1
        texts = []
        for _ in range(2 * count):
            (length,) = struct.unpack_from(">H", body, at)
            texts.append(body[at + 2 : at + 2 + length].decode("utf-8"))
            at += 2 + length
        assert at == len(body)
        self.tags = dict(zip(texts[::2], texts[1::2]))


class FakeWorker:
    """Starts a host in a folder with the given files and speaks with it."""

    def __init__(
        self,
        files,
        python=sys.executable,
        stdout=None,
        stderr=None,
        arguments=(),
        listen_late=False,
        command=None,
    ):
        self.folder = tempfile.mkdtemp(prefix="host-")
        self.code = os.path.join(self.folder, "code")
        os.mkdir(self.code)
        for name, source in files.items():
            path = os.path.join(self.code, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(
                    source if isinstance(source, bytes) else textwrap.dedent(source).encode()
                )
        path = os.path.join(self.folder, "s")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.settimeout(PATIENCE_SECONDS)
        if not listen_late:
            self.listener.listen(1)
        command = command or [python, *arguments, "-u", HOST]
        command = [*command, "--socket", path, "--code", self.code]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=self.folder,
            start_new_session=True,
        )
        if listen_late:
            time.sleep(0.3)  # for some attempts to fail
            self.listener.listen(1)
        self.accept()

    def accept_another(self):
        """The host that takes the place of the one before."""
        self.hang_up()
        self.accept()

    def accept(self):
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(PATIENCE_SECONDS)
        self.reader = self.socket.makefile("rb")
        self.metrics = []
        self.losses = []
        kind, body = self.receive()
        assert kind == HELLO
        self.hello = json.loads(body)

    def start(self, **changes):
        """START, then the answer."""
        self.send_start(**changes)
        return self.receive()

    def send_start(self, **changes):
        self.send(START, json.dumps(self.start_frame(**changes)).encode())

    def start_frame(self, file="handler.py", config=None, **changes):
        config = {} if config is None else config
        start = {
            "protocol": 2,
            "handler": {
                "language": "python",
                "file": file,
                "className": changes.pop("class_name", "Handler"),
                "classpath": [],
                "results": changes.pop("results", "Batch"),
                "concurrency": changes.pop("concurrency", 1),
                "rated": changes.pop("rated", False),
            },
            "job_spec": {
                "job_id": "8d5f",
                "job_name": "monday",
                "namespace": "vision",
                "api_name": "tagger",
                "kind": "BatchAPI",
                "workers": 4,
                "config": config,
                "total_batch_count": 113,
                "start_time": "2026-01-01T00:00:00Z",
            },
            "limits": {"result_bytes": 262144, "error_bytes": 16384},
            "metrics": {
                "statsd": None,
                "tags": {},
                "reserved_prefixes": ["batchapi_", "cortex_", "istio_"],
            },
        }
        start.update(changes)
        return start

    def handle(self, payload, **options):
        self.send_batch(payload, **options)
        return self.receive()

    def send_batch(
        self,
        payload,
        batch_id="b-0",
        index=0,
        attempt=1,
        deadline=0,
        first=0,
        positions=(),
        numbers=(),
    ):
        if not isinstance(payload, bytes):
            payload = json.dumps(payload).encode()
        name = batch_id.encode()
        head = struct.pack(">IIQQH", index, attempt, deadline, first, len(name)) + name
        which = struct.pack(f">I{len(positions)}I", len(positions), *positions)
        which += struct.pack(f">I{len(numbers)}I", len(numbers), *numbers)
        self.send(HANDLE, head + which + payload)

    def wanted(self):
        """What the host wants next: how many permits, and whether fewer are of no use."""
        kind, body = self.receive()
        assert kind == WANT, (kind, body)
        return struct.unpack(">I?", body)

    def permit(self, count, deadline=0):
        self.send(PERMITS, struct.pack(">IQ", count, deadline))

    def complete(self, **summary):
        self.send(COMPLETE, json.dumps(summary).encode())
        return self.receive()

    def send(self, kind, body=b""):
        self.socket.sendall(struct.pack(">IB", len(body) + 1, kind) + body)

    def receive(self):
        """The next frame that is not about metrics; (None, b"") at the end of file."""
        while True:
            kind, body = self.receive_any()
            if kind == METRIC:
                self.metrics.append(Metric(body))
            elif kind == LOSSES:
                losses = json.loads(body)
                assert losses["counted"] is False
                self.losses += losses["losses"]
            elif kind != FLUSH:
                return kind, body

    def receive_metric(self):
        kind, body = self.receive_any()
        assert kind == METRIC, (kind, body)
        return Metric(body)

    def receive_any(self):
        header = self.reader.read(5)
        if len(header) < 5:
            return None, b""
        length, kind = struct.unpack(">IB", header)
        body = self.reader.read(length - 1)
        # A process that ends while a thread of its pushes leaves a part of a frame.
        return (None, b"") if len(body) < length - 1 else (kind, body)

    def read(self, name):
        """A file that the handler wrote into its working folder."""
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def wrote(self, name):
        return os.path.exists(os.path.join(self.folder, name))

    def kill_children(self):
        """What the handler left behind: all of the host's session."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def hang_up(self):
        self.reader.close()
        self.socket.close()

    def stop(self):
        """STOP, then the host's exit code."""
        self.send_stop()
        return self.exit_code()

    def send_stop(self):
        self.send(STOP)

    def exit_code(self):
        return self.process.wait(PATIENCE_SECONDS)

    def close(self):
        self.hang_up()
        self.listener.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.kill_children()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        shutil.rmtree(self.folder)


class HostTest(unittest.TestCase):
    """A test that starts hosts; each is ended with it."""

    def worker(self, source=None, files=None, **options):
        worker = FakeWorker(files or {"handler.py": source}, **options)
        self.addCleanup(worker.close)
        return worker

    def ready(self, source=None, config=None, files=None, start=None, **options):
        """A worker whose host has constructed the handler."""
        worker = self.worker(source, files, **options)
        kind, body = worker.start(config=config, **(start or {}))
        self.assertEqual(kind, READY, body)
        return worker

    def result(self, worker, payload, **options):
        kind, body = worker.handle(payload, **options)
        self.assertEqual(kind, RESULT, body)
        return json.loads(body) if body else None

    def items(self, answer):
        """The results, and the errors by their position."""
        kind, body = answer
        self.assertEqual(kind, ITEMS, body)
        (count,) = struct.unpack_from(">I", body)
        errors, at = {}, 4
        for _ in range(count):
            position, length = struct.unpack_from(">II", body, at)
            errors[position] = json.loads(body[at + 8 : at + 8 + length])
            at += 8 + length
        self.assertEqual(len(errors), count)
        return json.loads(body[at:]), errors

    def failed(self, answer):
        kind, body = answer
        self.assertEqual(kind, FAILED, body)
        self.assertLessEqual(len(body), 16384)
        return json.loads(body)

    def invalid(self, source=None, files=None, **start):
        """The message of a handler that is refused."""
        worker = self.worker(source, files)
        kind, body = worker.start(**start)
        self.assertEqual(kind, INVALID, body)
        self.assertEqual(worker.exit_code(), 1)
        return json.loads(body)["message"]

    def eventually(self, condition, what):
        until = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.005)
