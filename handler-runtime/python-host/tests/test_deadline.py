"""A batch past its deadline is ended where it stands, and its error says where that was."""

import time

from fake_worker import RESULT, HostTest


class DeadlineTest(HostTest):
    def late(self, worker, payload, seconds=0.3, **options):
        """The answer to a batch with so much time."""
        return worker.handle(payload, deadline=int((time.time() + seconds) * 1000), **options)

    def test_a_batch_that_sleeps_is_ended_where_it_stands(self):
        worker = self.ready(
            """
            import time
            def step():
                time.sleep(60)
            class Handler:
                def handle_batch(self, payload):
                    if payload == ["hang"]:
                        try:
                            step()
                        except Exception:
                            return "swallowed"
                    return "fine"
            """
        )
        self.assertTrue(worker.hello["ends_batches"])
        error = self.failed(self.late(worker, ["hang"]))
        self.assertEqual(error["reason"], "TimedOut")
        self.assertIn("timeouts.batchSeconds", error["message"])
        self.assertIn("in step", error["stack"])
        self.assertIn("time.sleep(60)", error["stack"])
        self.assertNotIn("batchapi_", error["stack"])
        self.assertEqual(self.late(worker, [], seconds=60), (RESULT, b'"fine"'))

    def test_a_coroutine_that_waits_is_ended_where_it_stands(self):
        worker = self.ready(
            """
            import asyncio
            async def step():
                await asyncio.sleep(60)
            class Handler:
                async def handle_batch(self, payload):
                    await (step() if payload == ["hang"] else asyncio.sleep(0))
                    return "fine"
            """
        )
        error = self.failed(self.late(worker, ["hang"]))
        self.assertEqual(error["reason"], "TimedOut")
        self.assertIn("in step", error["stack"])
        self.assertNotIn("batchapi_", error["stack"])
        self.assertEqual(self.late(worker, [], seconds=60), (RESULT, b'"fine"'))

    def test_items_that_hang_fail_alone(self):
        for source in (
            "async def handle_item(self, item):\n        await asyncio.sleep",
            "def handle_item(self, item):\n        time.sleep",
        ):
            with self.subTest(source=source):
                worker = self.ready(
                    "import asyncio, time\nclass Handler:\n"
                    f"    {source}(60 if item == 'hang' else 0)\n        return item\n",
                    start={"results": "Item", "concurrency": 2 if "async" in source else 1},
                )
                results, errors = self.items(self.late(worker, ["a", "hang", "b"]))
                self.assertEqual(results[:2], ["a", None])
                self.assertEqual(errors[1]["reason"], "TimedOut")
                self.assertIn("in handle_item", errors[1]["stack"])
                if "async" in source:
                    self.assertEqual(results[2], "b")
                else:
                    self.assertIn("before this item was begun", errors[2]["message"])
                    self.assertEqual(errors[2]["reason"], "NotBegun")
                self.assertEqual(self.late(worker, ["c"], 60), (RESULT, b'["c"]'))

    def test_threads_that_hang_break_the_process_and_say_where_they_stand(self):
        worker = self.ready(
            """
            import time
            class Handler:
                def handle_item(self, item):
                    time.sleep(60)
            """,
            start={"results": "Item", "concurrency": 2},
        )
        error = self.failed(self.late(worker, [1, 2]))
        self.assertEqual((error["reason"], error["type"]), ("WorkerBroken", "TimedOut"))
        self.assertEqual(error["stack"].count("in handle_item"), 2)
        self.assertEqual(worker.stop(), 0)

    def test_threads_that_hang_cost_the_other_items_nothing(self):
        worker = self.ready(
            """
            import time
            class Handler:
                def handle_item(self, item):
                    if item == "hang":
                        time.sleep(60)
                    return item
            """,
            start={"results": "Item", "concurrency": 2},
        )
        results, errors = self.items(self.late(worker, ["a", "hang", "b", "hang", "c"]))
        self.assertEqual(results, ["a", None, "b", None, None])
        self.assertEqual([errors[at]["reason"] for at in (1, 3)], ["WorkerBroken"] * 2)
        self.assertEqual(errors[1]["stack"].count("in handle_item"), 1)
        self.assertEqual(errors[4]["reason"], "NotBegun")
        self.assertEqual(worker.stop(), 0)

    def test_a_coroutine_that_swallows_cancellation_breaks_the_process(self):
        worker = self.ready(
            """
            import asyncio
            class Handler:
                async def handle_item(self, item):
                    while True:
                        try:
                            await asyncio.sleep(60)
                        except asyncio.CancelledError:
                            pass
            """,
            start={"results": "Item", "concurrency": 2},
        )
        error = self.failed(self.late(worker, [1, 2]))
        self.assertEqual(error["reason"], "WorkerBroken")
        self.assertIn("in handle_item", error["stack"])
        self.assertEqual(worker.stop(), 0)

    def test_code_that_goes_on_in_spite_of_all_is_given_up_and_says_where_it_stands(self):
        worker = self.ready(
            """
            import time
            def stubborn():
                while True:
                    try:
                        time.sleep(0.05)
                    except BaseException:
                        pass
            class Handler:
                def handle_batch(self, payload):
                    stubborn()
            """
        )
        error = self.failed(self.late(worker, ["hang"]))
        self.assertEqual((error["reason"], error["type"]), ("WorkerBroken", "TimedOut"))
        self.assertIn("in stubborn", error["stack"])
        self.assertNotIn("batchapi_", error["stack"])
        self.assertEqual(worker.stop(), 0)

    def test_what_is_given_up_answers_nothing_more(self):
        worker = self.ready(
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    end = time.monotonic() + 4
                    while time.monotonic() < end:
                        try:
                            time.sleep(0.05)
                        except BaseException:
                            pass
                    return "late"
            """
        )
        self.assertEqual(self.failed(self.late(worker, ["hang"]))["reason"], "WorkerBroken")
        time.sleep(1.5)
        worker.send_stop()
        self.assertEqual(worker.receive()[0], None)
        self.assertEqual(worker.exit_code(), 0)

    def test_after_an_item_that_swallowed_its_end_no_other_one_is_begun(self):
        worker = self.ready(
            """
            import time
            class Handler:
                def handle_item(self, item):
                    if item == "hang":
                        try:
                            time.sleep(60)
                        except BaseException:
                            pass
                    return item
            """,
            start={"results": "Item"},
        )
        results, errors = self.items(self.late(worker, ["a", "hang", "b"]))
        self.assertEqual(results[:2], ["a", "hang"])
        self.assertEqual(errors[2]["reason"], "NotBegun")
        self.assertEqual(self.late(worker, ["c"], 60), (RESULT, b'["c"]'))

    def test_a_deadline_that_had_passed_before_its_batch_harms_no_other(self):
        worker = self.ready(
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    time.sleep(payload[0])
                    return 1
            """
        )
        self.assertEqual(self.failed(self.late(worker, [1], -1))["reason"], "TimedOut")
        self.assertEqual(self.late(worker, [3.5], 60), (RESULT, b"1"))

    def test_a_batch_in_time_is_not_disturbed_by_an_earlier_deadline(self):
        worker = self.ready(
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    time.sleep(payload[0])
                    return 1
            """
        )
        self.assertEqual(self.late(worker, [0], 0.2), (RESULT, b"1"))
        self.assertEqual(worker.handle([0.4]), (RESULT, b"1"))
