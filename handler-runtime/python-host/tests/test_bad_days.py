"""What images and libraries do to a process that others share: other event loops, pushes after the end,
very many items at once."""

import importlib.util
import json
import unittest

from fake_worker import RESULT, HostTest


def needs(module):
    return unittest.skipUnless(importlib.util.find_spec(module), f"{module} is not installed")


class BadDaysTest(HostTest):
    def loops(self, source):
        """Async items and an async batch, one after the other, with a module's change to asyncio."""
        worker = self.ready(
            source
            + """
import asyncio
class Handler:
    async def handle_item(self, item):
        await asyncio.sleep(0.01)
        if item == 2:
            raise ValueError("bad")
        return [item, type(asyncio.get_running_loop()).__module__.split(".")[0]]
""",
            start={"results": "Item", "concurrency": 4},
        )
        for _ in range(2):
            results, errors = self.items(worker.handle([0, 1, 2, 3]))
            self.assertEqual([one and one[0] for one in results], [0, 1, None, 3])
            self.assertEqual(errors[2]["message"], "bad")
        self.assertEqual(worker.stop(), 0)
        return results[0][1]

    @needs("uvloop")
    def test_uvloops_policy_is_kept(self):
        self.assertEqual(self.loops("import uvloop; uvloop.install()\n"), "uvloop")

    @needs("nest_asyncio")
    def test_nest_asyncio_changes_nothing(self):
        self.loops("import nest_asyncio; nest_asyncio.apply()\n")

    def test_a_handler_that_runs_a_loop_of_its_own_in_each_call(self):
        worker = self.ready(
            """
            import asyncio
            class Handler:
                def handle_item(self, item):
                    async def call():
                        await asyncio.sleep(0.001)
                        return item
                    return asyncio.run(call())
            """,
            start={"results": "Item", "concurrency": 4},
        )
        for _ in range(2):
            self.assertEqual(worker.handle([1, 2, 3, 4, 5]), (RESULT, b"[1,2,3,4,5]"))

    def test_a_handler_that_stops_the_loop_is_told_so(self):
        worker = self.ready(
            """
            import asyncio
            class Handler:
                async def handle_batch(self, payload):
                    asyncio.get_running_loop().stop()
                    await asyncio.sleep(0.1)
            """
        )
        self.assertIn("the handler has stopped the event loop", str(worker.handle([1])[1]))

    def test_a_thread_that_pushes_after_the_end_of_a_batch_disturbs_no_answer(self):
        worker = self.ready(
            """
            import threading, time
            class Handler:
                def __init__(self, metrics_client):
                    self.metrics = metrics_client
                    self.stop = False
                def push(self):
                    while True:
                        self.metrics.increment("late")
                def handle_batch(self, payload):
                    if not self.stop:
                        self.stop = True
                        threading.Thread(target=self.push, daemon=True).start()
                    return len(payload)
            """
        )
        for size in range(1, 4):
            self.assertEqual(worker.handle([0] * size), (RESULT, str(size).encode()))
        worker.send_stop()
        while worker.receive()[0] is not None:
            pass
        self.assertEqual(worker.exit_code(), 0)
        self.assertIn("late", {metric.name for metric in worker.metrics})

    def test_a_thousand_large_items_at_once(self):
        worker = self.ready(
            """
            import asyncio
            class Handler:
                async def handle_item(self, item):
                    held = bytearray(1_000_000)  # 1,000 of them: what the author's own memory costs
                    await asyncio.sleep(0.05)
                    return len(held) + item
            """,
            start={"results": "Item", "concurrency": 1000},
        )
        kind, body = worker.handle(list(range(1000)))
        self.assertEqual(kind, RESULT)
        self.assertEqual(json.loads(body), [1_000_000 + item for item in range(1000)])

    def test_results_of_ten_megabytes_are_refused_with_their_size(self):
        worker = self.ready(
            """
            class Handler:
                async def handle_item(self, item):
                    return "x" * 10_000_000
            """,
            start={"results": "Item", "concurrency": 1000},
        )
        error = self.failed(worker.handle(list(range(3))))
        self.assertEqual(error["reason"], "ResultInvalid")
        self.assertIn("the limit is 262,144", error["message"])
        self.assertEqual(worker.stop(), 0)

    def test_exceptions_that_cannot_be_pickled_fail_their_items_alone(self):
        worker = self.ready(
            """
            import threading
            class Odd(Exception):
                def __init__(self, lock):
                    super().__init__(lock)
                    self.lock = lock
                def __reduce__(self):
                    raise TypeError("no")
            class Handler:
                def handle_item(self, item):
                    if item == 1:
                        raise Odd(threading.Lock())
                    return item
            """,
            start={"results": "Item", "concurrency": 4},
        )
        results, errors = self.items(worker.handle([0, 1, 2]))
        self.assertEqual(results, [0, None, 2])
        self.assertIn("Odd", errors[1]["type"])


if __name__ == "__main__":
    unittest.main()
