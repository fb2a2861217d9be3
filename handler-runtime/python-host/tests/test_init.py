"""The host as process 1 of a container: nothing but a process namespace of its own makes it that."""

import os
import subprocess
import sys
import time
import unittest

from fake_worker import HOST, READY, REPLACE, RESULT, HostTest

# A user may only make one together with a user namespace, and root needs none.
UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] + (
    [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
)

HANDLER = """
import ctypes, multiprocessing, os, signal, subprocess, sys, time
def zombies():
    found = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat") as stat:
                found += stat.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            pass
    return found
def orphans(count):
    for _ in range(count):
        subprocess.run("(sleep 0.05 &) ; true", shell=True, check=True)
    until = time.monotonic() + 10
    while True:
        time.sleep(0.2)  # the last of them has ended, too
        left = zombies()
        if not left or time.monotonic() > until:
            return left
def died(number):
    signal.signal(number, lambda *_: open("got", "w").close())
    while not os.path.exists("got"): time.sleep(0.01)
class Handler:
    def __init__(self):
        self.count = 0
    def close(self):
        open("closed", "a").write("x")
    def handle_batch(self, payload):
        self.count += 1
        return eval(payload[0], dict(globals(), self=self))
"""


def may_unshare():
    return (
        subprocess.run([*UNSHARE, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    )


@unittest.skipUnless(may_unshare(), "needs a process namespace: root, or unprivileged ones allowed")
class InitTest(HostTest):
    def setUp(self):
        self.host = self.ready(
            HANDLER, command=[*UNSHARE, sys.executable, "-u", HOST], stderr=subprocess.DEVNULL
        )

    def of(self, expression):
        return self.result(self.host, [expression])

    def test_orphans_are_reaped(self):
        self.assertEqual(self.of("os.getppid()"), 1)
        self.assertEqual(self.of("orphans(20)"), 0)

    def test_the_exit_codes_of_the_authors_own_children_are_theirs(self):
        for _ in range(20):
            self.assertEqual(self.of("subprocess.run(['sh', '-c', 'exit 7']).returncode"), 7)
        self.assertEqual(
            self.of(
                "[p.wait() for p in [subprocess.Popen('exit 3', shell=True) for _ in range(9)]]"
            ),
            [3] * 9,
        )
        self.assertEqual(self.of("multiprocessing.Pool(2).map(abs, [-1, -2])"), [1, 2])

    def test_the_end_of_the_host_is_the_containers(self):
        self.assertEqual(self.host.handle(["os._exit(5)"])[0], None)
        self.assertEqual(self.host.exit_code(), 5)

    def test_a_crash_is_seen_as_one(self):
        self.assertEqual(self.host.handle(["os.kill(os.getpid(), 11)"])[0], None)
        self.assertEqual(self.host.exit_code(), 139)

    def test_stop(self):
        self.assertEqual(self.host.stop(), 0)
        self.assertTrue(self.host.wrote("closed"))

    def test_signals_reach_the_authors_handler(self):
        self.host.send_batch(["died(signal.SIGTERM)"])
        until = time.monotonic() + 20
        while not self.host.wrote("got") and time.monotonic() < until:
            self.signal_process_1("TERM")
            time.sleep(0.1)
        self.assertEqual(self.host.receive()[0], RESULT)

    def signal_process_1(self, name):
        """Of the namespace, as kubelet would."""
        children = f"/proc/{self.host.process.pid}/task/{self.host.process.pid}/children"
        with open(children) as file:
            subprocess.run(["kill", "-" + name, file.read().split()[0]], check=True)

    def test_signals_end_nothing(self):
        for name in ("TERM", "INT", "HUP"):
            self.signal_process_1(name)
        self.assertEqual(self.of("7"), 7)

    def test_another_process_takes_its_place(self):
        self.assertIs(self.host.hello["replaceable"], True)
        first = self.of("[os.getpid(), self.count]")
        for _ in range(3):
            self.host.send(REPLACE)
            self.host.accept_another()
            self.assertEqual(self.host.start()[0], READY)
            second = self.of("[os.getpid(), self.count]")
            self.assertNotEqual(first[0], second[0])
            self.assertEqual(second[1], 1)
            first = second
        self.assertEqual(self.host.read("closed"), "xxx")
        self.assertEqual(self.of("orphans(5)"), 0)
        self.assertEqual(self.host.stop(), 0)


class ReplaceTest(HostTest):
    def test_without_a_parent_that_starts_another_it_ends(self):
        host = self.ready(HANDLER)
        self.assertIs(host.hello["replaceable"], False)
        host.send(REPLACE)
        self.assertEqual(host.exit_code(), 75)
        self.assertTrue(host.wrote("closed"))

    def test_a_broken_one_is_not_closed(self):
        broken = """
            import batchapi
            class Handler:
                def close(self): open("closed", "w").close()
                def handle_batch(self, payload):
                    try:
                        raise batchapi.WorkerBroken("no CUDA device")
                    except Exception as error:
                        raise ValueError("no label") from error
        """
        host = self.ready(broken)
        error = self.failed(host.handle([1]))
        self.assertEqual((error["reason"], error["type"]), ("WorkerBroken", "ValueError"))
        host.send(REPLACE)
        self.assertEqual(host.exit_code(), 75)
        self.assertFalse(host.wrote("closed"))


if __name__ == "__main__":
    unittest.main()
