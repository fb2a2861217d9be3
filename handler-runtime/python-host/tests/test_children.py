"""Handlers that start processes: the children know nothing of the worker."""

import subprocess

from fake_worker import HostTest

HANDLER = """
import multiprocessing, os, signal, subprocess, sys, time
def square(x):
    return x * x
class Handler:
    def __init__(self, metrics_client):
        self.metrics = metrics_client
    def work(self, x):
        self.metrics.increment("from_a_child")
        return x + 1
    def pool(self, method, function, payload):
        with multiprocessing.get_context(method).Pool(2) as pool:
            return pool.map(function, payload)
    def handle_batch(self, payload):
        return eval(payload[0], dict(globals(), self=self))
    def fork(self, then):
        pid = os.fork()
        if pid == 0:
            return then()
        return os.waitpid(pid, 0)[1]
    def orphan(self):
        if os.fork() == 0:
            os.close(1), os.close(2)
            open("orphan", "w").write(str(os.getpid()))
            time.sleep(3600)
        while not os.path.exists("orphan"): time.sleep(0.01)
"""


class ChildrenTest(HostTest):
    def setUp(self):
        self.host = self.ready(HANDLER, stderr=subprocess.DEVNULL)

    def of(self, expression):
        return self.result(self.host, [expression])

    def test_a_pool_of_forked_or_spawned_processes(self):
        for method in ("fork", "spawn", "forkserver"):
            with self.subTest(method=method):
                self.assertEqual(self.of(f"self.pool('{method}', square, [1, 2, 3])"), [1, 4, 9])
        self.assertEqual(self.host.stop(), 0)

    def test_a_pool_runs_methods_of_the_handler_and_pushes_nothing(self):
        for method in ("fork", "spawn"):
            with self.subTest(method=method):
                self.assertEqual(self.of(f"self.pool('{method}', self.work, [1, 2])"), [2, 3])
        self.assertEqual(self.host.metrics, [])

    def test_children_can_be_terminated(self):
        self.assertEqual(
            self.of(
                "[(lambda p: [p.start(), p.terminate(), p.join(), p.exitcode][3])"
                "(multiprocessing.get_context('fork').Process(target=time.sleep, args=(3600,)))"
                " for _ in range(50)]"
            ),
            [-15] * 50,
        )
        self.assertEqual(
            self.of(
                "(lambda p: [p.terminate(), p.wait()][1])(subprocess.Popen(['sleep', '3600']))"
            ),
            -15,
        )

    def test_subprocesses_have_no_end_of_the_socket(self):
        listed = self.of("subprocess.check_output(['ls', '-l', '/proc/self/fd'], text=True)")
        self.assertNotIn("socket:", listed)
        listed = self.of(
            "subprocess.check_output(['ls', '-l', '/proc/self/fd'], text=True, close_fds=False)"
        )
        self.assertNotIn("socket:", listed)

    def test_a_fork_that_comes_back_does_not_go_on_as_a_second_host(self):
        self.assertEqual(self.of("self.fork(lambda: 'result of the child')"), 0)
        self.assertEqual(self.of("self.fork(lambda: sys.exit(3))"), 3 << 8)
        self.assertEqual(self.of("self.fork(lambda: 1 / 0)"), 1 << 8)
        self.assertEqual(self.of("self.fork(lambda: self.fork(lambda: 2))"), 0)
        self.assertEqual(self.of("7"), 7)

    def test_a_child_that_lives_on_does_not_hide_the_hosts_death(self):
        self.of("self.orphan()")
        self.assertEqual(self.host.handle(["os._exit(5)"]), (None, b""))
        self.assertEqual(self.host.exit_code(), 5)

    def test_children_of_a_child_are_quiet(self):
        self.of("self.pool('fork', square, [1])")
        nested = "subprocess.run([sys.executable, '-c', 'print(1)'], stdout=-1).stdout.decode()"
        self.assertEqual(self.of(nested), "1\n")
