"""The connection: frames over the Unix socket, metrics that wait to be sent, and the watchdog."""

import collections
import json
import os
import select
import socket
import struct
import threading
import time

HELLO, START, READY, INVALID, BROKEN, HANDLE, RESULT, FAILED, COMPLETE = range(1, 10)
METRIC, STOP, LOSSES, FLUSH, REPLACE, ITEMS, WANT, PERMITS, PART = range(10, 19)

MAX_FRAME = 4 * 1024 * 1024
PART_BYTES = 1024 * 1024  # of results, that are sent at a time
EXIT_WORKER_GONE = 70
STOP_SECONDS = 30  # for what the author's code does after STOP
FLUSH_MILLIS = 250
FLUSH_FRAMES = 512  # so many waiting frames wake the watchdog
MAX_WAITING_FRAMES = 100_000  # then metrics are dropped, for the handler must not wait for them

_HEADER = struct.Struct(">IB")
_HANG_UP = getattr(select, "POLLRDHUP", 0)  # Linux; elsewhere poll() reports POLLHUP, always


class ProtocolError(Exception):
    """The worker sent what is no protocol; the message says what."""


def connect(path, patience, parent):
    """Waits for the worker, at most `patience` seconds, and no longer than the process `parent` lives,
    which started this one. Says once, after ten seconds, what it is waiting for."""
    started = time.monotonic()
    said = False
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(path)
            return Connection(sock)
        except OSError as error:
            sock.close()
            reason = error.strerror or str(error)
        waited = time.monotonic() - started
        if waited > 10 and not said:
            said = True
            say(f"waiting for the worker at {path}: {reason}")
        if waited >= patience:
            say(f"no worker listened at {path} for {patience} s ({reason})")
            os._exit(EXIT_WORKER_GONE)
        if os.getppid() != parent:
            say(f"the worker ended before it listened at {path}")
            os._exit(EXIT_WORKER_GONE)
        time.sleep(0.01 if waited < 1 else 0.2)


def say(text):
    """The host's own line, for standard error is the author's."""
    try:
        os.write(2, f"batchapi host: {text}\n".encode("utf-8", "replace"))
    except OSError:
        pass


class Connection:
    """One worker. Frames are read by the main thread alone and sent by any.

    The main thread can't see the worker go while it runs the author's code, so a watchdog thread
    waits in poll() for the hang-up and ends the process. While the main thread waits for a frame it
    sees the end of file itself; the watchdog leaves it to it, or a STOP that is still unread would
    be lost. The watchdog also sends the metrics of a handler that runs long: never the author's
    thread, in which their signal handler could throw in the middle of a frame.
    """

    def __init__(self, sock):
        self._sock = sock
        self._reader = sock.makefile("rb", 65536)
        self._send_lock = threading.Lock()
        self._waiting = collections.deque()
        self._losses = {}
        # The author's signal handler may push in the middle of a push.
        self._losses_lock = threading.RLock()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._woken = False
        self._in_authors_code = False
        self._gone = False
        self._stopped = False
        self.exit_code = EXIT_WORKER_GONE  # of the process, when the worker is found gone
        self.in_child = False  # this process is a fork of the host, made by the author's code
        os.register_at_fork(after_in_child=self._leave_in_child)

    def watch(self):
        threading.Thread(target=self._watch, name="batchapi-watchdog", daemon=True).start()

    # Reading: the main thread.

    def read(self):
        """The next frame as (type, body). Ends the process when the worker is gone."""
        length, kind = _HEADER.unpack(self._read_fully(_HEADER.size))
        if not 1 <= length <= MAX_FRAME:
            raise ProtocolError(f"a frame of {length:,} bytes")
        return kind, self._read_fully(length - 1)

    def _read_fully(self, size):
        try:
            data = self._reader.read(size)
        except OSError:
            data = b""
        if len(data) < size:
            os._exit(self.exit_code)
        return data

    def __enter__(self):
        """The author's code begins: from now on a hang-up ends the process at once."""
        self._in_authors_code = True
        if self._gone and not self._stopped:
            os._exit(self.exit_code)

    def __exit__(self, *ignored):
        self._in_authors_code = False

    def leave(self, why):
        """Ends the process, for the worker is not to be understood. By any thread."""
        say(f"{why}, which is not the protocol")
        os._exit(EXIT_WORKER_GONE)

    def stop(self, exit_code):
        """After STOP or REPLACE the worker may go; the author's code has its time, but not for
        ever."""
        self.exit_code = exit_code
        self._stopped = True
        threading.Thread(target=self._stop_at_last, name="batchapi-stop", daemon=True).start()

    def _stop_at_last(self):
        time.sleep(STOP_SECONDS)
        os._exit(self.exit_code)

    def ends_with(self, exit_code):
        """The process ends in order, with the author's atexit functions and threads: their code."""
        self.exit_code = exit_code
        self.__enter__()

    # Sending: any thread.

    def send(self, kind, body=b""):
        """Sends what waits and then this frame, in one go."""
        with self._send_lock:
            frames = self._take_waiting()
            frames.append(_HEADER.pack(len(body) + 1, kind))
            frames.append(body)
            self._write(b"".join(frames))

    def answer(self, kind, head, results):
        """Sends an answer: results that are too large for one frame in PARTs before it."""
        left = memoryview(results)
        while len(left) > PART_BYTES:
            self.send(PART, left[:PART_BYTES])
            left = left[PART_BYTES:]
        self.send(kind, b"".join((head, left)))

    def send_later(self, kind, body):
        """Never waits and never fails; False if the frame was dropped."""
        waiting = len(self._waiting)
        if self.in_child or waiting >= MAX_WAITING_FRAMES:
            return False
        self._waiting.append(_HEADER.pack(len(body) + 1, kind) + body)
        if waiting >= FLUSH_FRAMES:
            self._wake()
        return True

    def flush_soon(self):
        """Has what waits sent on by the worker."""
        if self.send_later(FLUSH, b""):
            self._wake()

    def lost(self, reason, metric, detail):
        """A push that was dropped is told to the worker, with the next frames."""
        if self.in_child:
            return
        with self._losses_lock:
            count = self._losses[reason]["count"] + 1 if reason in self._losses else 1
            self._losses[reason] = {
                "reason": reason,
                "count": count,
                "metric": metric,
                "detail": detail,
            }

    def _wake(self):
        if not self._woken:
            self._woken = True
            os.write(self._wake_write, b"!")

    def flush(self):
        """Sends what waits."""
        if self._waiting or self._losses:
            with self._send_lock:
                self._write(b"".join(self._take_waiting()))

    def _take_waiting(self):
        frames = []
        for _ in range(len(self._waiting)):  # not "while": the author's threads go on adding
            frames.append(self._waiting.popleft())
        if self._losses:
            body = self._take_losses()
            frames.append(_HEADER.pack(len(body) + 1, LOSSES) + body)
        return frames

    def _take_losses(self):
        with self._losses_lock:
            losses, self._losses = list(self._losses.values()), {}
        return json.dumps({"counted": False, "losses": losses}).encode("ascii")

    def _write(self, data):
        try:
            self._sock.sendall(data)
        except OSError:
            if not self._stopped:
                os._exit(self.exit_code)

    # The watchdog's own thread.

    def _watch(self):
        poller = select.poll()
        poller.register(self._sock, _HANG_UP)
        poller.register(self._wake_read, select.POLLIN)
        while True:
            for descriptor, _ in poller.poll(FLUSH_MILLIS):
                if descriptor != self._wake_read:
                    self._gone = True
                    if self._in_authors_code and not self._stopped:
                        os._exit(self.exit_code)
                    return
                os.read(self._wake_read, 64)
                self._woken = False
            self.flush()

    def _leave_in_child(self):
        """A fork keeps no end of the socket, or the worker wouldn't see the host's own end."""
        if self.in_child:
            return  # a child's child
        self.in_child = True
        self._waiting.clear()
        self._losses = {}
        os.close(self._sock.detach())
        os.close(self._wake_read)
        os.close(self._wake_write)
