"""Ends a batch at its deadline: an exception where the author's code stands, in the main thread.

A signal, since nothing else reaches a thread that sleeps or waits for a socket. Code that no signal
reaches, or that goes on all the same, is given up: the worker is told where it stands, and ends the
process.
"""

import signal
import sys
import threading
import time
import traceback

# One that nobody else uses; elsewhere than on Linux there are no real-time signals.
SIGNAL = signal.SIGRTMIN + 5 if hasattr(signal, "SIGRTMIN") else signal.SIGUSR2

# How long the author's code may go on after it; the worker waits no longer than 4 s.
ENDURANCE_SECONDS = 3

MESSAGE = "It took longer than timeouts.batchSeconds allows, and was ended where its stack says."
NOT_BEGUN = "The batch took longer than timeouts.batchSeconds allows before this item was begun."


class BatchTimedOut(BaseException):
    """The batch's deadline has passed. No Exception, for `except Exception` would take it for the
    failure of one call.

    where: the stacks of what did not stand in the main thread, as text.
    broken: whether it goes on, so that the process must be replaced."""

    def __init__(self, where="", message=MESSAGE, broken=False):
        super().__init__(message)
        self.where = where
        self.broken = broken


class NotBegun(BatchTimedOut):
    """The deadline has passed before this item was begun: no attempt of its was made."""

    def __init__(self):
        super().__init__(message=NOT_BEGUN)


BatchTimedOut.__module__ = NotBegun.__module__ = "batchapi"  # as it is told to the author


class Deadline:
    """Used by the main thread, as a context: for one batch after the other."""

    def __init__(self, stacks, give_up):
        """stacks: a function that tells where other threads and coroutines stand.
        give_up: a function that is called in another thread, once at most, when the main thread's
        code goes on in spite of all, with its name and where it stood at the deadline: end() does
        not return then."""
        self._stacks = stacks
        self._give_up = give_up
        self.passed = False  # of the batch in hand: nothing of it is begun any more
        self._ended = 0  # batches
        self._given_up = False
        self._armed = False
        self._at = None
        self._changed = threading.Condition()
        self._main = threading.get_ident()
        self._thread = None

    def begin(self, at):
        """at: in seconds since 1970; None for no deadline."""
        self.passed = False
        if at is None:
            return
        if self._thread is None:
            signal.signal(SIGNAL, self._pass)
            self._thread = threading.Thread(
                target=self._watch, name="batchapi-deadline", daemon=True
            )
            self._thread.start()
        with self._changed:
            self._at = at
            self._armed = True
            self._changed.notify()

    def pause(self):
        """What comes now is no time of the batch's. By any thread."""
        if self._at is not None:
            with self._changed:
                self._at = None

    def go_on(self, at):
        """After pause(): it is again, until then, in seconds since 1970. By any thread."""
        if self._armed and at:
            with self._changed:
                self._at = at
                self._changed.notify()

    def end(self):
        self._armed = False  # first: the signal may be on its way
        if self._thread is None:
            return
        with self._changed:
            self._at = None
            self._ended += 1
            self._changed.notify()
            while self._given_up:
                self._changed.wait()

    def _pass(self, number, frame):
        if self._armed:
            self._armed = False
            self.passed = True
            raise BatchTimedOut(self._stacks())

    def _watch(self):
        while True:
            with self._changed:
                while self._at is None or self._at > time.time():
                    left = None if self._at is None else self._at - time.time()
                    self._changed.wait(left if left is None else max(left, 0.001))
                self._at = None
                if not self._armed:
                    continue
                stack = thread_stack("The main thread", self._main)
                signal.pthread_kill(self._main, SIGNAL)
                if self._changed.wait_for(self._ends_after(self._ended), ENDURANCE_SECONDS):
                    continue
                self._given_up = True
            self._give_up(stack)

    def _ends_after(self, batches):
        return lambda: self._ended != batches


def thread_stack(name, ident):
    """Where one thread stands, as (name, frames); no frames if it has ended."""
    frame = sys._current_frames().get(ident)
    return name, [] if frame is None else traceback.extract_stack(frame)


def thread_stacks(prefix):
    """Where the threads of these names stand, the host's own frames included."""
    frames = sys._current_frames()
    return [
        (thread.name, traceback.extract_stack(frames[thread.ident]))
        for thread in threading.enumerate()
        if thread.name.startswith(prefix) and thread.ident in frames
    ]


def coroutine_stack(coroutine):
    """Where a coroutine that waits stands, through all that it awaits."""
    found = []
    while coroutine is not None and len(found) < 100:
        for prefix in ("cr", "gi", "ag"):
            frame = getattr(coroutine, prefix + "_frame", None)
            if frame is not None:
                found.append((frame, frame.f_lineno))
        waits_for = None
        for name in ("cr_await", "gi_yieldfrom", "ag_await"):
            waits_for = waits_for or getattr(coroutine, name, None)
        coroutine = waits_for
    return traceback.StackSummary.extract(iter(found))
