"""Permits of the job's rate limit: who asks for how many, and what is done without."""

import json
import pathlib
import signal
import sys
import threading
import time
import unittest

from fake_worker import REPLACE, RESULT, WANT, HostTest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from batchapi_deadline import BatchTimedOut, NotBegun
from batchapi_permits import Permits
from batchapi_running import Runner

OF_BATCHES = """
    class Handler:
        def handle_batch(self, payload):
            open("called", "w").close()
            return payload
    """

OF_ITEMS = """
    class Handler:
        def handle_item(self, item):
            open(f"called-{item}", "w").close()
            return item
    """

ASYNC = """
    class Handler:
        async def handle_item(self, item):
            open(f"called-{item}", "w").close()
            return item
    """


class RateTest(HostTest):
    def rated(self, source, concurrency=1):
        return self.ready(
            source, start={"results": "Item", "concurrency": concurrency, "rated": True}
        )

    def test_a_batch_wants_a_permit_for_each_item_before_its_call(self):
        worker = self.rated(OF_BATCHES)
        worker.send_batch([1, 2, 3])
        self.assertEqual(worker.wanted(), (3, True))
        self.assertFalse(worker.wrote("called"))
        worker.permit(3)
        self.assertEqual(worker.receive(), (RESULT, b"[1,2,3]"))

    def test_items_that_are_tried_again_want_theirs_again(self):
        worker = self.rated(OF_BATCHES)
        worker.send_batch([1, 2, 3], positions=(0, 2))
        self.assertEqual(worker.wanted(), (2, True))
        worker.permit(2)
        self.assertEqual(worker.receive(), (RESULT, b"[1,3]"))

    def test_an_item_wants_its_permit_just_before_its_call(self):
        worker = self.rated(OF_ITEMS)
        worker.send_batch([1, 2])
        for item in (1, 2):
            self.assertEqual(worker.wanted(), (1, False))
            self.assertFalse(worker.wrote(f"called-{item}"))
            worker.permit(1)
        self.assertEqual(worker.receive(), (RESULT, b"[1,2]"))

    def test_items_at_once_get_what_there_is(self):
        for source in (OF_ITEMS, ASYNC):
            worker = self.rated(source, concurrency=4)
            worker.send_batch(list(range(8)))
            granted = 0
            while granted < 8:
                wanted, whole = worker.wanted()
                self.assertFalse(whole)
                self.assertLessEqual(wanted, 4)
                worker.permit(1)
                granted += 1
            kind, body = worker.receive()
            self.assertEqual((kind, json.loads(body)), (RESULT, list(range(8))))

    def test_a_batch_without_permits_is_not_begun(self):
        worker = self.rated(OF_BATCHES)
        worker.send_batch([1, 2])
        worker.wanted()
        worker.permit(0)
        self.assertEqual(self.failed(worker.receive())["reason"], "NotBegun")
        self.assertFalse(worker.wrote("called"))
        worker.send_batch([1])
        self.assertEqual(worker.wanted(), (1, True))
        worker.permit(1)
        self.assertEqual(worker.receive(), (RESULT, b"[1]"))

    def test_items_without_permits_are_not_begun(self):
        for source, concurrency in ((OF_ITEMS, 1), (OF_ITEMS, 3), (ASYNC, 3)):
            worker = self.rated(source, concurrency)
            worker.send_batch([0, 1, 2])
            worker.wanted()
            worker.permit(1)
            answer = worker.receive()
            while answer[0] == 16:
                worker.permit(0)
                answer = worker.receive()
            results, errors = self.items(answer)
            self.assertEqual(len([one for one in results if one is not None]), 1)
            self.assertEqual({error["reason"] for error in errors.values()}, {"NotBegun"})

    def test_waiting_is_no_time_of_the_batch(self):
        worker = self.rated(OF_BATCHES)
        worker.send_batch([1], deadline=int(1000 * (time.time() + 1)))
        worker.wanted()
        time.sleep(1.2)
        worker.permit(1, deadline=int(1000 * (time.time() + 20)))
        self.assertEqual(worker.receive(), (RESULT, b"[1]"))

    def test_the_deadline_holds_after_the_wait(self):
        worker = self.rated(
            """
            import time
            class Handler:
                def handle_batch(self, payload):
                    time.sleep(60)
            """
        )
        worker.send_batch([1], deadline=int(1000 * (time.time() + 20)))
        worker.wanted()
        worker.permit(1, deadline=int(1000 * (time.time() + 0.5)))
        self.assertEqual(self.failed(worker.receive())["reason"], "TimedOut")

    def test_a_batch_that_ends_early_withdraws_what_it_wanted(self):
        worker = self.rated(
            """
            import sys, time
            class Handler:
                def handle_item(self, item):
                    if item == 0:
                        sys.exit(3)
                    return item
            """,
            concurrency=2,
        )
        worker.send_batch([0, 1, 2, 3])
        worker.wanted()
        worker.permit(1)
        answer = worker.receive()
        while answer[0] == 16:
            if answer[1][:4] == b"\0\0\0\0":
                worker.permit(0)
            answer = worker.receive()
        self.assertEqual(self.failed(answer)["type"], "SystemExit")

    def test_a_batch_that_is_given_up_wants_nothing_any_more(self):
        worker = self.rated(
            """
            import time
            class Handler:
                def handle_item(self, item):
                    end = time.monotonic() + 10
                    while time.monotonic() < end:
                        try:
                            time.sleep(0.05)
                        except BaseException:
                            pass
            """
        )
        worker.send_batch([1, 2], deadline=int(1000 * (time.time() + 20)))
        worker.wanted()
        worker.permit(1, deadline=int(1000 * (time.time() + 0.3)))
        self.assertEqual(self.failed(worker.receive())["reason"], "WorkerBroken")
        worker.send(REPLACE)
        self.assertEqual(worker.exit_code(), 75)

    def test_threads_that_wait_when_a_batch_ends_serve_the_next_one(self):
        worker = self.rated(
            """
            import sys, threading
            together = threading.Barrier(2)
            class Handler:
                def handle_item(self, item):
                    if item == "exit":
                        sys.exit(3)
                    together.wait(10)
                    return item
            """,
            concurrency=2,
        )
        worker.send_batch(["exit", 1])
        worker.wanted()
        worker.permit(1)
        answer = worker.receive()
        while answer[0] == WANT:
            if answer[1][:4] == b"\0\0\0\0":
                worker.permit(0)
            answer = worker.receive()
        self.assertEqual(self.failed(answer)["type"], "SystemExit")
        worker.send_batch([0, 1])
        for _ in range(2):
            worker.wanted()
            worker.permit(1)
        self.assertEqual(worker.receive(), (RESULT, b"[0,1]"))


class WaitingTest(unittest.TestCase):
    """Items that wait for a permit when something else happens."""

    class Permits:
        """Of which there are so many."""

        def __init__(self, left):
            self.left = left
            self.over = threading.Event()

        def take(self):
            self.left -= 1
            return self.left >= 0 or (self.over.wait(20) and False)

        async def take_one(self):
            import asyncio

            self.left -= 1
            if self.left < 0:
                await asyncio.sleep(20)
            return self.left >= 0

    def each(self, runner, is_async, permits):
        def end(number, frame):
            raise BatchTimedOut()

        async def of_coroutines(item):
            return item

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, end))
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try:
            function = of_coroutines if is_async else (lambda item: item)
            return runner.each(function, [0, 1, 2], is_async, permits)
        finally:
            permits.over.set()

    def test_they_are_not_begun_when_the_deadline_passes(self):
        for concurrency, is_async in ((1, False), (3, False), (1, True), (3, True)):
            with self.subTest(concurrency=concurrency, is_async=is_async):
                runner = Runner(concurrency)
                self.addCleanup(runner.close)
                results = self.each(runner, is_async, self.Permits(1))
                self.assertEqual(len([one for one in results if isinstance(one, int)]), 1)
                errors = [one.error for one in results if not isinstance(one, int)]
                self.assertEqual([type(error) for error in errors], [NotBegun, NotBegun])
                self.assertFalse(runner.broken)

    def test_nothing_is_wanted_after_the_batch(self):
        permits = Permits(connection=None, deadline=None)
        permits.begin()
        permits.withdraw()
        self.assertFalse(permits.take())


class RetryLaterTest(HostTest):
    def test_an_item_says_when_it_is_to_be_handed_over_again(self):
        worker = self.ready(
            """
            from batchapi import RetryLater
            class Handler:
                def handle_batch(self, payload):
                    return [RetryLater(1.5, "429"), 2]
            """,
            start={"results": "Item"},
        )
        results, errors = self.items(worker.handle([1, 2]))
        self.assertEqual(results, [None, 2])
        self.assertEqual(
            errors[0],
            {
                "reason": "RetryLater",
                "type": "batchapi.RetryLater",
                "message": "429",
                "stack": "",
                "after_millis": 1500,
            },
        )

    def test_item_handlers_and_batches_raise_it(self):
        for function in ("handle_item(self, item)", "handle_batch(self, payload)"):
            worker = self.ready(
                f"""
                from batchapi import RetryLater
                class Handler:
                    def {function}:
                        raise RetryLater("30")
                """,
                start={"results": "Item"},
            )
            answer = worker.handle([1])
            error = self.items(answer)[1][0] if "item" in function else self.failed(answer)
            self.assertEqual((error["reason"], error["after_millis"]), ("RetryLater", 30000))
            self.assertEqual(error["message"], "to be called again in 30 s")

    def test_what_is_no_wait_is_the_authors_error(self):
        for wait in ("-1", "3601", "float('nan')", "None", "'Wed, 21 Oct 2026 07:28:00 GMT'"):
            worker = self.ready(
                f"""
                from batchapi import RetryLater
                class Handler:
                    def handle_batch(self, payload):
                        raise RetryLater({wait})
                """
            )
            error = self.failed(worker.handle([1]))
            self.assertEqual((error["reason"], error["type"]), ("HandlerFailed", "ValueError"))
            self.assertIn("seconds must be a number from 0 to 3,600", error["message"])
