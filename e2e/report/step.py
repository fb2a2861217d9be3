"""Runs one step of the tests: a line on the screen, the rest in a log.

    step.py NAME COMMAND...

The log is target/test/NAME.log. Its end is shown when the step fails.
"""

import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading
import time

LOGS = pathlib.Path("target/test")
SILENCE_SECONDS = 120  # then a line says that it goes on: CI systems end what is silent for long
SHOWN_LINES = 40

_running = set()


class Step:
    """A command whose lines go into a log, and to whoever reads `lines()`."""

    def __init__(self, name, command, silence=SILENCE_SECONDS):
        self.name = name
        self.log = LOGS / f"{name}.log"
        self._command = command
        self._silence = silence
        self._started = time.monotonic()
        self._ended = None
        self.code = None

    def lines(self):
        """Each line of its output; None when there was nothing to read for long."""
        LOGS.mkdir(parents=True, exist_ok=True)
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        _running.add(process)
        read = queue.SimpleQueue()
        pump = threading.Thread(target=_pump, args=(process.stdout, read), daemon=True)
        pump.start()
        with self.log.open("w", encoding="utf-8") as log:
            for line in self._until_the_end(process, pump, read):
                if line is not None:
                    log.write(line)
                    log.flush()
                yield line and line.rstrip("\n")
        self.code = process.wait()
        self._ended = time.monotonic()
        _running.remove(process)

    def _until_the_end(self, process, pump, read):
        heard = time.monotonic()
        while process.poll() is None:
            try:
                yield read.get(timeout=0.2)
                heard = time.monotonic()
            except queue.Empty:
                if time.monotonic() - heard > self._silence:
                    yield None
                    heard = time.monotonic()
        # The end is the command's, not that of its output, which what it started may hold.
        pump.join(2)
        while not read.empty():
            yield read.get()

    def seconds(self):
        return round((self._ended or time.monotonic()) - self._started)

    def tail(self):
        return self.log.read_text(encoding="utf-8").splitlines()[-SHOWN_LINES:]


def _pump(stream, read):
    with stream:
        for line in stream:
            read.put(line)


def say(text):
    print(text + "\n", end="", flush=True)  # in one piece: two may speak at a time


def end_with_children():
    """Whoever ends this process ends what it runs, too."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)


def _end(number, _frame):
    for process in list(_running):
        process.terminate()
    os._exit(128 + number)  # at once, whatever runs now and whichever threads there are


def main(name, *command):
    step = Step(name, command)
    last = ""
    for line in step.lines():
        if line is None:
            say(f"{name}: {step.seconds()} s, and goes on: {last}")
        elif line.strip():
            last = line.strip()
    if step.code:
        say(
            "\n".join(
                [*step.tail(), f"{name}: FAILED after {step.seconds()} s; all of it: {step.log}"]
            )
        )
    else:
        say(f"{name}: done in {step.seconds()} s")
    return step.code


if __name__ == "__main__":
    end_with_children()
    sys.exit(main(*sys.argv[1:]))
