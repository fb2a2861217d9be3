"""Permits of the job's rate limit: asked of the worker while a batch is in hand."""

import collections
import struct
import threading

import batchapi_wire as wire

_WANT = struct.Struct(">IB")
_PERMITS = struct.Struct(">IQ")


class Permits:
    """Each thread and each coroutine takes its own; one thread asks for all of them, and reads the
    answers: the main thread reads nothing while a batch is in hand."""

    def __init__(self, connection, deadline):
        self._connection = connection
        self._deadline = deadline
        self._changed = threading.Condition()
        self._waiting = collections.deque()
        self._asked = False
        self._over = False
        self._thread = None

    def begin(self):
        """A batch begins."""
        with self._changed:
            self._over = False

    def take(self, count=1, whole=False):
        """Waits for permits; False if there will be none.

        whole: whether fewer are of no use."""
        answered = threading.Event()
        waiter = _Waiter(count, whole, answered.set)
        self._add(waiter)
        answered.wait()
        return waiter.granted

    async def take_one(self):
        """The same of one permit, for a coroutine."""
        import asyncio

        loop = asyncio.get_running_loop()
        answered = asyncio.Event()
        waiter = _Waiter(1, False, lambda: loop.call_soon_threadsafe(answered.set))
        self._add(waiter)
        await answered.wait()
        return waiter.granted

    def withdraw(self):
        """Nobody waits any more, and nobody gets any until the next batch; to be called before a
        batch is answered."""
        with self._changed:
            self._over = True
            while self._waiting:
                self._waiting.popleft().answer(False)
            if self._asked:
                self._connection.send(wire.WANT, _WANT.pack(0, 0))
            while self._asked:
                self._changed.wait()

    def _add(self, waiter):
        with self._changed:
            if self._over:
                # A thread of a batch that is answered: no frame of it may come.
                waiter.answer(False)
                return
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="batchapi-permits", daemon=True
                )
                self._thread.start()
            self._waiting.append(waiter)
            self._changed.notify_all()

    def _run(self):
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                whole = self._waiting[0].whole
                count = self._waiting[0].count if whole else len(self._waiting)
                self._asked = True
                self._deadline.pause()
                # In here: a withdrawal must not come before it.
                self._connection.send(wire.WANT, _WANT.pack(count, whole))
            granted, until = self._answer()
            self._deadline.go_on(until / 1000)
            with self._changed:
                self._asked = False
                self._hand_out(granted, whole)
                self._changed.notify_all()

    def _answer(self):
        try:
            kind, body = self._connection.read()
            if kind != wire.PERMITS:
                raise wire.ProtocolError(f"a frame of type {kind} in place of PERMITS")
            return _PERMITS.unpack(body)
        except (wire.ProtocolError, struct.error) as error:
            self._connection.leave(f"the worker sent {error}")

    def _hand_out(self, granted, whole):
        refused = granted == 0
        while self._waiting and (refused or granted > 0):
            waiter = self._waiting.popleft()
            granted -= waiter.count
            waiter.answer(not refused)


class _Waiter:
    def __init__(self, count, whole, tell):
        self.count = count
        self.whole = whole
        self.granted = False
        self._tell = tell

    def answer(self, granted):
        self.granted = granted
        try:
            self._tell()
        except RuntimeError:  # the loop of a coroutine that was cancelled is closed
            pass
