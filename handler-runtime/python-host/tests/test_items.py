"""Items that fail alone, handlers of single items, async ones, and generators."""

import json

from fake_worker import RESULT, HostTest

ITEM = {"results": "Item"}


class ItemsTest(HostTest):
    def per_item(self, source, concurrency=1):
        return self.ready(source, start={"results": "Item", "concurrency": concurrency})

    def test_an_exception_in_the_list_is_its_items_failure(self):
        worker = self.per_item(
            """
            class Handler:
                def handle_batch(self, payload):
                    return [ValueError(f"bad {x}") if x % 2 else x for x in payload]
            """
        )
        results, errors = self.items(worker.handle([0, 1, 2, 3]))
        self.assertEqual(results, [0, None, 2, None])
        self.assertEqual(sorted(errors), [1, 3])
        self.assertEqual(errors[3]["reason"], "HandlerFailed")
        self.assertEqual(errors[3]["type"], "ValueError")
        self.assertEqual(errors[3]["message"], "bad 3")
        self.assertEqual(worker.handle([0, 2]), (RESULT, b"[0,2]"))

    def test_failed_items_are_handled_again_by_their_positions(self):
        worker = self.per_item(
            """
            class Handler:
                def handle_batch(self, payload, batch):
                    return [[x, batch.attempt, batch.items, batch.index] for x in payload]
            """
        )
        kind, body = worker.handle(
            ["a", "b", "c", "d"], index=7, attempt=2, first=28, positions=(1, 3)
        )
        self.assertEqual(kind, RESULT)
        self.assertEqual(json.loads(body), [["b", 2, [29, 31], 7], ["d", 2, [29, 31], 7]])

    def test_items_of_an_earlier_job_keep_its_numbers(self):
        worker = self.per_item(
            """
            class Handler:
                def handle_batch(self, payload, batch):
                    return [[x, batch.items] for x in payload]
            """
        )
        _, body = worker.handle(["a", "b", "c"], index=7, first=28, numbers=(3, 17, 40))
        self.assertEqual(json.loads(body)[2], ["c", [3, 17, 40]])
        _, body = worker.handle(["a", "b", "c"], positions=(0, 2), numbers=(3, 17, 40))
        self.assertEqual(json.loads(body), [["a", [3, 40]], ["c", [3, 40]]])

    def test_an_error_says_how_long_its_item_ran(self):
        sync = "def handle_item(self, item):\n        time.sleep(item)"
        waits = "async def handle_item(self, item):\n        await asyncio.sleep(item)"
        for method, at_once in ((sync, 1), (sync, 2), (waits, 2)):
            worker = self.ready(
                f"""
import asyncio, time
class Handler:
    {method}
        raise ValueError(item)
""",
                start={"results": "Item", "concurrency": at_once},
            )
            _, errors = self.items(worker.handle([0, 0.05]))
            self.assertGreaterEqual(errors[1]["ran_millis"], 50)
            self.assertIn("ran_millis", errors[0])
            self.assertEqual(worker.stop(), 0)

    def test_an_item_error_may_be_fatal(self):
        worker = self.per_item(
            """
            from batchapi import ItemError
            class Handler:
                def handle_batch(self, payload):
                    return [ItemError("again"), ItemError("never", fatal=True), 3]
            """
        )
        _, errors = self.items(worker.handle([1, 2, 3]))
        self.assertEqual(errors[0]["reason"], "HandlerFailed")
        self.assertEqual((errors[1]["reason"], errors[1]["message"]), ("FatalError", "never"))

    def test_more_errors_than_an_answer_has_room_for_fail_the_batch(self):
        worker = self.per_item(
            """
            class Handler:
                def handle_item(self, item):
                    raise KeyError("no such label")
            """
        )
        error = self.failed(worker.handle([1] * 30_000))
        self.assertEqual((error["reason"], error["type"]), ("HandlerFailed", "KeyError"))
        for part in ("30,000 items failed", "batchSize", "no such label"):
            self.assertIn(part, error["message"])

    def test_what_cannot_be_written_fails_its_item_for_good(self):
        worker = self.per_item(
            """
            class Handler:
                def handle_batch(self, payload):
                    return [float("nan") if x == 217 else {1} if x == 218 else x for x in payload]
            """
        )
        results, errors = self.items(worker.handle(list(range(500))))
        self.assertEqual(sum(one is not None for one in results), 498)
        self.assertEqual(sorted(errors), [217, 218])
        self.assertEqual(errors[217]["reason"], "ResultInvalid")
        self.assertIn("result[217] is nan", errors[217]["message"])
        self.assertIn("a set, which can't be written", errors[218]["message"])

    def test_a_list_of_another_length_fails_the_batch_with_both(self):
        worker = self.per_item("class Handler:\n    def handle_batch(self, payload): return [1, 2]")
        error = self.failed(worker.handle([1, 2, 3]))
        self.assertEqual(error["reason"], "ResultInvalid")
        self.assertIn("a list of 2 results for 3 items", error["message"])

    def test_what_is_no_list_is_the_batchs_one_result(self):
        worker = self.per_item(
            "class Handler:\n    def handle_batch(self, payload): return {'n': len(payload)}"
        )
        self.assertEqual(worker.handle([1, 2, 3]), (RESULT, b'{"n":3}'))
        # Whether that will do for some of a batch's items, the worker knows.
        self.assertEqual(worker.handle([1, 2, 3], positions=(0, 2)), (RESULT, b'{"n":2}'))

    def test_a_handler_that_returns_nothing_may_be_given_some_of_the_items(self):
        worker = self.per_item("class Handler:\n    def handle_batch(self, payload): pass")
        self.assertEqual(worker.handle([1, 2, 3], positions=(0, 2)), (RESULT, b""))

    def test_results_of_a_batch_may_be_a_list_of_any_length(self):
        worker = self.ready("class Handler:\n    def handle_batch(self, payload): return [1, 2]")
        self.assertEqual(worker.handle([1, 2, 3]), (RESULT, b"[1,2]"))

    def test_a_numpy_array_has_one_result_for_each_item(self):
        try:
            import numpy  # noqa: F401
        except ImportError:
            self.skipTest("no numpy here")
        worker = self.per_item(
            """
            import numpy
            class Handler:
                def handle_batch(self, payload):
                    return numpy.array(payload, dtype=numpy.float32) / 0.0
            """
        )
        results, errors = self.items(worker.handle([1, 2]))
        self.assertEqual((results, sorted(errors)), ([None, None], [0, 1]))

    def test_item_by_item(self):
        for concurrency in (1, 4):
            for is_async in ("", "async "):
                with self.subTest(concurrency=concurrency, is_async=is_async):
                    worker = self.per_item(
                        f"""
                        class Handler:
                            {is_async}def handle_item(self, item, batch):
                                if item == 3:
                                    raise KeyError("three")
                                return [item, batch.attempt]
                        """,
                        concurrency,
                    )
                    results, errors = self.items(worker.handle(list(range(20))))
                    self.assertEqual(results[:4], [[0, 1], [1, 1], [2, 1], None])
                    self.assertEqual(sorted(errors), [3])
                    self.assertEqual(errors[3]["type"], "KeyError")
                    self.assertIn("in handle_item", errors[3]["stack"])
                    self.assertNotIn("batchapi_", errors[3]["stack"])

    def test_so_many_items_at_once_and_no_more(self):
        for call in ("await asyncio.sleep(0.01)", "time.sleep(0.01)"):
            with self.subTest(call=call):
                worker = self.per_item(
                    f"""
                    import asyncio, threading, time
                    class Handler:
                        now, most, lock = 0, 0, threading.Lock()
                        {"async " if "await" in call else ""}def handle_item(self, item):
                            with self.lock:
                                Handler.now += 1
                                Handler.most = max(Handler.most, Handler.now)
                            {call}
                            with self.lock:
                                Handler.now -= 1
                            return Handler.most
                    """,
                    concurrency=8,
                )
                _, body = worker.handle(list(range(50)))
                self.assertEqual(max(json.loads(body)), 8)

    def test_one_loop_lives_as_long_as_the_handler(self):
        worker = self.per_item(
            """
            import asyncio
            class Handler:
                async def handle_batch(self, payload):
                    self.loop = getattr(self, "loop", None) or asyncio.get_running_loop()
                    return [self.loop is asyncio.get_running_loop() for _ in payload]
                async def close(self):
                    open("closed", "w").write(str(self.loop is asyncio.get_running_loop()))
            """
        )
        for _ in range(3):
            self.assertEqual(worker.handle([1]), (RESULT, b"[true]"))
        self.assertEqual(worker.stop(), 0)
        self.assertEqual(worker.read("closed"), "True")

    def test_a_gather_as_it_is(self):
        worker = self.per_item(
            """
            import asyncio
            async def call(x):
                if x == 1:
                    raise ConnectionError("503")
                return x
            class Handler:
                async def handle_batch(self, payload):
                    return await asyncio.gather(*map(call, payload), return_exceptions=True)
            """
        )
        results, errors = self.items(worker.handle([0, 1, 2]))
        self.assertEqual(results, [0, None, 2])
        self.assertEqual(errors[1]["message"], "503")

    def test_generators(self):
        for source in ("def", "async def"):
            with self.subTest(source=source):
                worker = self.per_item(
                    f"""
                    class Handler:
                        {source} handle_batch(self, payload):
                            for x in payload:
                                yield ValueError() if x == 1 else x
                    """
                )
                self.assertEqual(self.items(worker.handle([0, 1, 2]))[0], [0, None, 2])

    def test_a_generator_that_never_ends_fails_its_batch(self):
        for source in ("def", "async def"):
            with self.subTest(source=source):
                worker = self.per_item(
                    f"""
                    import itertools
                    class Handler:
                        {source} handle_batch(self, payload):
                            for x in itertools.count():
                                yield x
                    """
                )
                error = self.failed(worker.handle([1, 2]))
                self.assertIn("more than the 2 results", error["message"])
                self.assertIn("more than", self.failed(worker.handle([1]))["message"])

    def test_a_coroutine_that_nobody_awaited_fails_its_item(self):
        worker = self.per_item(
            """
            async def call(x):
                return x
            class Handler:
                def handle_batch(self, payload):
                    return [call(x) for x in payload]
            """
        )
        _, errors = self.items(worker.handle([1, 2]))
        self.assertIn("a coroutine, which can't be written", errors[1]["message"])
        self.assertIn("asyncio.gather", errors[1]["message"])

    def test_exceptions_that_cannot_be_printed(self):
        worker = self.per_item(
            """
            class Bad(Exception):
                def __str__(self):
                    raise RuntimeError("no")
                __repr__ = __str__
            class Handler:
                def handle_batch(self, payload):
                    return [Bad(), 2]
            """
        )
        results, errors = self.items(worker.handle([1, 2]))
        self.assertEqual(results, [None, 2])
        self.assertIn("Bad", errors[0]["type"])

    def test_a_loop_that_the_author_closed_is_followed_by_another(self):
        worker = self.per_item(
            """
            import asyncio
            class Handler:
                async def handle_item(self, item):
                    self.loop = asyncio.get_running_loop()
                    if item == "stop":
                        self.loop.stop()
                        await asyncio.sleep(5)
                    return item
                def on_job_complete(self):
                    self.loop.close()
            """
        )
        self.assertEqual(worker.handle(["a"]), (RESULT, b'["a"]'))
        self.assertIn("stopped the event loop", self.failed(worker.handle(["stop"]))["message"])
        self.assertEqual(worker.complete()[0], RESULT)
        self.assertEqual(worker.handle(["b"]), (RESULT, b'["b"]'))

    def test_an_item_whose_cancellation_came_from_the_author_fails_alone(self):
        worker = self.per_item(
            """
            import asyncio
            class Handler:
                async def handle_item(self, item):
                    if item == 1:
                        raise asyncio.CancelledError("mine")
                    return item
            """,
            concurrency=2,
        )
        results, errors = self.items(worker.handle([0, 1, 2]))
        self.assertEqual(results, [0, None, 2])
        self.assertEqual(errors[1]["type"], "asyncio.exceptions.CancelledError")

    def test_what_ends_a_program_ends_the_batch(self):
        for is_async in ("", "async "):
            for concurrency in (1, 3):
                with self.subTest(is_async=is_async, concurrency=concurrency):
                    worker = self.per_item(
                        f"""
                        import sys
                        class Handler:
                            {is_async}def handle_item(self, item):
                                return sys.exit(3) if item == 1 else item
                        """,
                        concurrency,
                    )
                    error = self.failed(worker.handle([0, 1, 2]))
                    self.assertEqual(error["message"], "handle_item called sys.exit(3)")
                    self.assertEqual(worker.handle([0]), (RESULT, b"[0]"))

    def test_an_item_that_breaks_the_worker_breaks_it(self):
        worker = self.per_item(
            """
            from batchapi import WorkerBroken
            class Handler:
                def handle_item(self, item):
                    raise WorkerBroken("the GPU is gone")
            """
        )
        self.assertEqual(self.failed(worker.handle([1, 2]))["reason"], "WorkerBroken")

    def test_many_errors_share_the_room_there_is(self):
        worker = self.per_item(
            """
            class Handler:
                def handle_item(self, item):
                    raise ValueError("x" * 20000)
            """
        )
        kind, body = worker.handle(list(range(2000)))
        self.assertLess(len(body), 700_000)
        self.assertEqual(len(self.items((kind, body))[1]), 2000)

    def test_handlers_that_are_refused(self):
        for body, message in (
            ("    def handle_item(self, item): yield 1\n", "uses yield"),
            ("    def handle_item(self, payload): pass\n", "unknown argument payload"),
            (
                "    def handle_item(self, item): pass\n    def handle_batch(self, payload): pass\n",
                "has both handle_batch and handle_item",
            ),
        ):
            with self.subTest(body=body):
                self.assertIn(message, self.invalid("class Handler:\n" + body, **ITEM))
        one = "class Handler:\n    def handle_item(self, item): pass\n"
        self.assertIn("handler.results: Batch", self.invalid(one, results="Batch"))
