"""How a host ends: by STOP, by the worker's end, by garbage, by its own death."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from fake_worker import HANDLE, HOST, METRIC, START, FakeWorker, HostTest

HANDLER = """
import ctypes, os, signal, sys, time
class Handler:
    def handle_batch(self, payload):
        return eval(payload[0])
def forever():
    open("running", "w").close()
    while True:
        try:
            time.sleep(3600)
        except BaseException:
            pass
"""


class EndsTest(HostTest):
    def running(self, expression, **options):
        """A host in the middle of a batch that never ends."""
        worker = self.ready(HANDLER, **options)
        worker.send_batch([expression])
        self.eventually(lambda: worker.wrote("running"), "the handler doesn't run")
        return worker

    def test_stop_ends_with_zero(self):
        self.assertEqual(self.ready(HANDLER).stop(), 0)

    def test_stop_in_place_of_start_ends_with_zero(self):
        self.assertEqual(self.worker(HANDLER).stop(), 0)

    def test_the_worker_vanishes_while_the_host_is_idle(self):
        worker = self.ready(HANDLER)
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 70)

    def test_the_worker_vanishes_before_start(self):
        worker = self.worker(HANDLER)
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 70)

    def test_the_worker_vanishes_in_the_middle_of_a_batch(self):
        worker = self.running("forever()")
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 70)

    def test_the_worker_closes_only_its_sending_side(self):
        worker = self.running("forever()")
        worker.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(worker.exit_code(), 70)

    def test_the_worker_vanishes_while_the_handler_is_loaded_or_constructed(self):
        for source in (
            HANDLER + "forever()\n",
            HANDLER + "Handler.__init__ = lambda self: forever()\n",
        ):
            with self.subTest(source=source[-30:]):
                worker = self.worker(source)
                worker.send_start()
                self.eventually(lambda w=worker: w.wrote("running"), "it doesn't run")
                worker.hang_up()
                self.assertEqual(worker.exit_code(), 70)

    def test_after_stop_the_worker_may_go_and_close_is_run_to_its_end(self):
        worker = self.ready(
            HANDLER + "def close(self): time.sleep(0.3), open('closed', 'w').close()\n"
            "Handler.close = close\n"
        )
        worker.send_stop()
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 0)
        self.assertTrue(worker.wrote("closed"))

    def test_metrics_that_close_pushes_to_a_worker_that_has_gone_harm_nothing(self):
        worker = self.ready(
            """
            class Handler:
                def __init__(self, metrics_client): self.metrics = metrics_client
                def handle_batch(self, payload): pass
                def close(self):
                    for _ in range(50_000): self.metrics.increment("n")
                    open("closed", "w").close()
            """
        )
        worker.send_stop()
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 0)
        self.assertTrue(worker.wrote("closed"))

    def test_a_close_that_never_returns_is_ended_after_its_time(self):
        impatient = (
            f"import sys; sys.path.insert(0, {os.path.dirname(HOST)!r});"
            "import batchapi_start, batchapi_wire; batchapi_wire.STOP_SECONDS = 0.2; sys.exit(batchapi_start.main(sys.argv[3:]))"
        )
        worker = self.ready(
            "import threading\n" + HANDLER + "threading.Thread(target=forever).start()\n"
            "Handler.close = lambda self: forever()\n",
            arguments=("-c", impatient),
        )
        self.assertEqual(worker.stop(), 0)

    def test_the_worker_vanishes_in_the_middle_of_a_frame(self):
        worker = self.ready(HANDLER)
        worker.socket.sendall(struct.pack(">IB", 1000, HANDLE) + b"x")
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 70)

    def test_garbage_ends_the_connection_with_a_line_on_standard_error(self):
        for frame in (
            struct.pack(">IB", 0, HANDLE),
            struct.pack(">IB", 4 * 1024 * 1024 + 1, HANDLE),
            b"GET / HTTP/1.1\r\n\r\n",
            struct.pack(">IB", 1, 99),
            struct.pack(">IB", 1, METRIC),
            struct.pack(">IB", 3, START) + b"{}",
            struct.pack(">IB", 3, HANDLE) + b"{}",
            struct.pack(">IBIIQQH", 27, HANDLE, 0, 1, 0, 0, 500),
            struct.pack(">IBIIQQH", 28, HANDLE, 0, 1, 0, 0, 1) + b"\xff",
            struct.pack(">IB", 2, 9) + b"{",
        ):
            with self.subTest(frame=frame):
                worker = self.ready(HANDLER, stderr=subprocess.PIPE)
                worker.socket.sendall(frame)
                self.assertEqual(worker.exit_code(), 70)
                said = worker.process.stderr.read().decode()
                self.assertRegex(
                    said, r"^batchapi host: the worker sent .*, which is not protocol 2\n$"
                )

    def test_garbage_in_place_of_start(self):
        for kind, body in (
            (HANDLE, b""),
            (START, b""),
            (START, b"[]"),
            (START, b'{"protocol": 1}'),
            (START, b'{"protocol": 2, "handler": {"language": "python"}}'),
            (START, b"\xff\xfe"),
        ):
            with self.subTest(kind=kind, body=body):
                worker = self.worker(HANDLER, stderr=subprocess.DEVNULL)
                worker.send(kind, body)
                self.assertEqual(worker.receive(), (None, b""))
                self.assertEqual(worker.exit_code(), 70)

    def test_signals_are_left_to_the_worker(self):
        worker = self.ready(
            """
            import os, time
            class Handler:
                def handle_batch(self, payload):
                    open("running", "w").close()
                    while not os.path.exists("go"): time.sleep(0.01)
                    return "done"
            """
        )
        worker.send_batch([])
        self.eventually(lambda: worker.wrote("running"), "the handler doesn't run")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            worker.process.send_signal(number)
        worker.write("go", "")
        self.assertEqual(worker.receive()[1], b'"done"')
        worker.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.result(worker, []), "done")
        self.assertEqual(worker.stop(), 0)

    def test_deaths_of_the_process_are_an_end_of_file(self):
        for expression, exit_code in (
            ("os._exit(9)", 9),
            ("os.kill(os.getpid(), signal.SIGKILL)", -9),
            ("ctypes.string_at(0)", -signal.SIGSEGV),
            ("os.abort()", -signal.SIGABRT),
        ):
            with self.subTest(expression=expression):
                worker = self.ready(HANDLER, stderr=subprocess.PIPE)
                self.assertEqual(worker.handle([expression]), (None, b""))
                self.assertEqual(worker.exit_code(), exit_code)
                if exit_code == -signal.SIGSEGV:
                    said = worker.process.stderr.read()
                    self.assertIn(b"Segmentation fault", said)
                    self.assertIn(b"in handle_batch", said)

    def test_standard_output_is_the_authors_and_never_the_protocols(self):
        with tempfile.TemporaryFile() as out:
            worker = self.ready(HANDLER, stdout=out)
            self.result(worker, ["sys.stdout.buffer.write(bytes(range(256)) * 4096) and None"])
            self.result(worker, ["[print('x' * 1023) for _ in range(1024)] and None"])
            self.result(worker, ["os.write(1, b'end') and None"])
            self.assertEqual(worker.stop(), 0)
            out.seek(0)
            expected = bytes(range(256)) * 4096 + (b"x" * 1023 + b"\n") * 1024 + b"end"
            self.assertEqual(out.read(), expected)

    def test_a_hundred_megabytes_of_output_hold_up_nothing(self):
        worker = self.ready(HANDLER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.result(worker, ["[print('x' * 9_999) for _ in range(5_000)] and None"])
        self.result(worker, ["[sys.stderr.write('x' * 10_000) for _ in range(5_000)] and None"])
        self.assertEqual(self.result(worker, ["1"]), 1)

    def test_closed_standard_output_fails_the_attempt_only(self):
        worker = self.ready(HANDLER, stderr=subprocess.DEVNULL)
        self.failed(worker.handle(["os.close(1) or print('x')"]))
        self.assertEqual(self.result(worker, ["1"]), 1)

    def test_the_host_waits_for_a_worker_that_listens_late(self):
        worker = FakeWorker({"handler.py": HANDLER}, listen_late=True)
        self.addCleanup(worker.close)
        worker.start()
        self.assertEqual(worker.stop(), 0)

    def test_the_host_does_not_wait_for_a_worker_that_has_died(self):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-u", HOST, "--socket", folder + "/s", "--code", folder]
            starter = (
                "import subprocess, sys\n"
                "print(subprocess.Popen(sys.argv[1:]).pid, flush=True)\n"
                "sys.stdin.read()\n"
            )
            with subprocess.Popen(
                [sys.executable, "-c", starter, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as parent:
                host = int(parent.stdout.readline())
                self.eventually(lambda: catches_sigterm(host), "the host doesn't start")
                _, said = parent.communicate(timeout=20)  # until the host, too, has closed stderr
            self.assertIn(b"the worker ended before it listened at", said)

    def test_the_host_does_not_wait_longer_than_it_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [
                    sys.executable,
                    "-u",
                    HOST,
                    "--socket",
                    folder + "/s",
                    "--code",
                    folder,
                    "--connect-seconds",
                    "1",
                ],
                check=False,
                stderr=subprocess.PIPE,
                timeout=20,
            )
        self.assertEqual(done.returncode, 70)
        self.assertIn(b"no worker listened at", done.stderr)
        self.assertIn(b"for 1 s", done.stderr)

    def test_nor_for_ever_for_one_that_was_gone_before_it_looked_who_its_parent_is(self):
        """With a clock that is ahead of the true one: it waits for a minute."""
        quick = (
            "import itertools, runpy, sys, time\n"
            "time.monotonic, time.sleep = itertools.count().__next__, lambda seconds: None\n"
            "sys.argv = sys.argv[1:]\n"
            "runpy.run_path(sys.argv[0], run_name='__main__')\n"
        )
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", quick, HOST, "--socket", folder + "/s", "--code", folder],
                check=False,
                stderr=subprocess.PIPE,
                timeout=20,
            )
        self.assertEqual(done.returncode, 70)
        self.assertIn(f"no worker listened at {folder}/s for 60 s (".encode(), done.stderr)

    def test_wrong_arguments_are_told_with_the_right_ones(self):
        for arguments in (
            [],
            ["--socket", "x"],
            ["--sock", "x", "--code", "y"],
            ["--code"],
            ["--socket", "x", "--code", "y", "--connect-seconds", "soon"],
        ):
            with self.subTest(arguments=arguments):
                done = subprocess.run(
                    [sys.executable, HOST, *arguments],
                    stderr=subprocess.PIPE,
                    timeout=20,
                    check=False,
                )
                self.assertEqual(done.returncode, 64)
                self.assertIn(
                    b"usage: python3 -u batchapi_start.py --socket PATH --code DIR", done.stderr
                )

    def test_a_timeout_by_alarm_between_metrics_leaves_the_frames_whole(self):
        worker = self.ready(
            """
            import signal
            class Late(Exception): pass
            def late(*_): raise Late()
            class Handler:
                def __init__(self, metrics_client): self.m = metrics_client
                def handle_batch(self, payload):
                    signal.signal(signal.SIGALRM, late)
                    signal.setitimer(signal.ITIMER_REAL, 0.02)
                    while True:
                        self.m.increment("n", 1, {"k": "v" * 1000})
            """
        )
        for _ in range(10):
            self.assertEqual(self.failed(worker.handle([]))["type"], "handler.Late")
        self.assertTrue(all(m.name == "n" for m in worker.metrics))


def catches_sigterm(pid):
    """Which the host does just before it looks for the worker."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1
