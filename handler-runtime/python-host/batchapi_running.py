"""Runs the author's functions: one call, item by item, in threads or in an event loop; and tells
what came of each item."""

import inspect
import threading
import time

import batchapi_errors as errors
from batchapi_deadline import (
    BatchTimedOut,
    NotBegun,
    coroutine_stack,
    thread_stack,
    thread_stacks,
)
from batchapi_results import ResultInvalid

_clock = time.monotonic
_STOPPED = "the handler has stopped the event loop that it runs in, which is the host's to stop"
_PATIENCE_SECONDS = 1  # for coroutines that were told to end


_THREADS = "item"
_BEGUN, _NOT_BEGUN = object(), object()
_PLAIN = frozenset((type(None), bool, int, float, str, list, tuple, dict))


class Failure:
    """An item's exception, in the place of its result.

    began: when the item was, by `_clock`; None if it was not."""

    __slots__ = ("error", "seconds")

    def __init__(self, error, began=None):
        self.error = error
        self.seconds = None if began is None else _clock() - began


class Runner:
    """Has one event loop and one pool of threads, which live as long as the handler. Used by the
    host's main thread."""

    def __init__(self, concurrency=1):
        self._concurrency = concurrency
        self._loop = None
        self._pool = None
        self._in_threads_now = False
        self._threads = {}  # who has which item, by its place
        self.broken = False  # its threads can't be ended
        self.is_late = lambda: False  # whether the deadline has passed, and no item is begun

    def call(self, function):
        """What a function returns; awaited, if that is something to be awaited."""
        return self.finish(function())

    def finish(self, returned):
        return self.wait_for(returned) if inspect.isawaitable(returned) else returned

    def collect(self, returned, most):
        """A generator's results as a list; ResultInvalid if there are more than `most`. Anything
        else as it is."""
        if inspect.isasyncgen(returned):
            return self.wait_for(_collect_async(returned, most))
        if not inspect.isgenerator(returned):
            return returned
        collected = []
        try:
            for result in returned:
                _add(result, collected, most)
        finally:
            returned.close()
        return collected

    def each(self, function, items, is_async, permits=None):
        """A list with what the function returned for each item, or a Failure. What ends a program,
        such as sys.exit, ends all of it, and is thrown.

        permits: of which each item needs one before it is begun; None for no rate limit."""
        results = [_NOT_BEGUN] * len(items)
        began = [None] * len(items)
        try:
            if is_async:
                self.wait_for(self._each_async(function, items, results, began, permits))
            elif self._concurrency == 1 or len(items) < 2:
                clock = _clock
                for place, item in enumerate(items):
                    if self.is_late() or not (permits is None or permits.take()):
                        results[place] = Failure(NotBegun())
                        continue
                    results[place] = _BEGUN
                    began[place] = clock()
                    try:
                        result = function(item)
                        # Nothing to be awaited, and cheaper found out than by asking for it.
                        plain = type(result) in _PLAIN
                        results[place] = result if plain else self.finish(result)
                    except Exception as error:
                        results[place] = Failure(error, began[place])
            else:
                self._in_threads(function, items, results, began, permits)
                return [self.finish(result) for result in results]
        except BatchTimedOut as error:
            if self.broken and all(result is _BEGUN for result in results):
                raise
            error.broken = self.broken
            return [
                self._timed_out(place, one, began[place], error)
                for place, one in enumerate(results)
            ]
        finally:
            self._threads = {}
        return results

    def _timed_out(self, place, result, began, error):
        if result is _NOT_BEGUN:
            return Failure(NotBegun())
        if result is not _BEGUN:
            return result
        if place in self._threads:  # its own stack alone
            stack = thread_stack(f"item {place}", self._threads[place])
            error = BatchTimedOut(errors.where([stack]), broken=True)
        return Failure(error, began)

    def stacks(self):
        """Where coroutines and threads of the author's stand, as text."""
        if self._in_threads_now:
            return errors.where(thread_stacks(_THREADS))
        if self._loop is not None and self._loop.is_running():
            import asyncio

            tasks = asyncio.all_tasks(self._loop)
            running = asyncio.current_task(self._loop)
            if running is None:  # else it is where the exception is thrown
                return errors.where(
                    (task.get_name(), coroutine_stack(task.get_coro())) for task in tasks
                )
        return ""

    def _in_threads(self, function, items, results, began, permits):
        work = iter(enumerate(items))
        lock = threading.Lock()
        ended = threading.Event()

        def end():
            with lock:
                ended.set()  # nobody begins another item

        def run():
            while True:
                with lock:
                    place, item = next(work, (None, None))
                if place is None:
                    return
                permitted = permits is None or permits.take()
                with lock:
                    if ended.is_set():  # perhaps while it waited
                        return
                    results[place] = _BEGUN if permitted else Failure(NotBegun())
                    self._threads[place] = threading.get_ident()
                if not permitted:
                    continue
                began[place] = _clock()
                try:
                    results[place] = function(item)
                except Exception as error:
                    results[place] = Failure(error, began[place])
                except BaseException:
                    end()
                    raise

        if self._pool is None:
            import concurrent.futures  # only now: most handlers need none

            self._pool = concurrent.futures.ThreadPoolExecutor(
                self._concurrency, thread_name_prefix=_THREADS
            )
        futures = []
        self._in_threads_now = True
        try:
            for _ in range(min(self._concurrency, len(items))):
                futures.append(self._pool.submit(run))
            for future in futures:
                future.result()
        except BatchTimedOut:
            end()
            # A thread can't be ended, and would go on beside the next batch.
            self.broken = self.broken or any(result is _BEGUN for result in results)
            raise
        finally:
            self._in_threads_now = False
            for future in futures:
                future.cancel()

    async def _each_async(self, function, items, results, began, permits):
        import asyncio

        work = iter(enumerate(items))
        told_to_end = False

        async def run():
            for place, item in work:
                try:
                    if self.is_late() or not (permits is None or await permits.take_one()):
                        results[place] = Failure(NotBegun())
                        continue
                    results[place] = _BEGUN
                    began[place] = _clock()
                    results[place] = await function(item)
                except Exception as error:
                    results[place] = Failure(error, began[place])
                except asyncio.CancelledError as error:
                    if told_to_end:
                        raise
                    # The author cancelled it, or a library did.
                    results[place] = Failure(error, began[place])

        at_once = min(self._concurrency, len(items))
        tasks = [asyncio.ensure_future(run()) for _ in range(at_once)]
        try:
            while tasks:
                _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
                for task in tasks:
                    if task.done():
                        task.result()
                tasks = list(left)
        finally:
            told_to_end = True
            await self._cancel(tasks)

    async def _cancel(self, tasks):
        """What does not end when it is told to would go on beside the next batch."""
        import asyncio

        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=_PATIENCE_SECONDS)
            self.broken = self.broken or bool(left)

    def prepare_loop(self):
        """Makes the loop, so that a constructor finds it as the current one."""
        import asyncio  # only now: it takes a starting host longer than all the rest

        if self._loop is None or self._loop.is_closed():  # the author may have closed it
            self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        return self._loop

    def wait_for(self, awaitable):
        loop = self.prepare_loop()
        task = loop.create_task(_await(awaitable))
        try:
            return loop.run_until_complete(task)
        except BaseException as error:
            stopped = isinstance(error, RuntimeError) and not task.done()
            self._end(loop, task)
            if stopped and "stopped" in str(error):
                raise RuntimeError(_STOPPED) from None
            raise

    def _end(self, loop, task):
        """What was left half done must not go on beside the next batch."""
        if loop.is_closed() or task.done():
            return
        import asyncio

        task.cancel()
        try:
            loop.run_until_complete(asyncio.wait([task], timeout=2 * _PATIENCE_SECONDS))
        except RuntimeError:  # stopped again, by the author's own code
            pass
        self.broken = self.broken or not task.done()

    def close(self):
        """Tasks that the author left behind are cancelled."""
        import asyncio

        if self._loop is None or self._loop.is_closed():
            return
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=_PATIENCE_SECONDS))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


def _add(result, collected, most):
    if len(collected) == most:
        raise ResultInvalid(
            f"the handler yields more than the {most:,} results that there can be: with"
            " handler.results: Item one for each item"
        )
    collected.append(result)


async def _await(awaitable):
    return await awaitable


async def _collect_async(generator, most):
    collected = []
    try:
        async for result in generator:
            _add(result, collected, most)
    finally:
        await generator.aclose()
    return collected
