"""The conversation with the worker: HELLO, START, READY, then batches until STOP."""

import datetime
import json
import os
import struct
import sys

import batchapi_errors as errors
import batchapi_items as items
import batchapi_loading as loading
import batchapi_results as results
import batchapi_wire as wire
from batchapi_calling import HandlerInvalid
from batchapi_deadline import BatchTimedOut, Deadline, NotBegun
from batchapi_init import EXIT_REPLACE
from batchapi_metrics import MetricsClient
from batchapi_permits import Permits
from batchapi_running import Runner

PROTOCOL = 2
EXIT_NO_HANDLER = 1

_INDEX_ATTEMPT_DEADLINE_FIRST_IDLENGTH = struct.Struct(">IIQQH")
_COUNT = struct.Struct(">I")


def run(connection, code, replaceable=False):
    """Serves one worker to its STOP and returns the process's exit code.

    replaceable: whether this process is followed by another one if it ends with EXIT_REPLACE."""
    try:
        exit_code = Session(connection, code, replaceable).run()
    except wire.ProtocolError as error:
        wire.say(f"the worker sent {error}, which is not protocol {PROTOCOL}")
        exit_code = wire.EXIT_WORKER_GONE
    connection.ends_with(exit_code)
    return exit_code


class Session:
    def __init__(self, connection, code, replaceable):
        self._connection = connection
        self._code = code
        self._replaceable = replaceable
        self._broken = False
        self._limits = items.Limits()
        self._per_item = True
        self._runner = None
        self._deadline = None
        self._permits = None
        self._handler = None

    def run(self):
        self._connection.send(wire.HELLO, _hello(self._replaceable))
        kind, body = self._connection.read()
        if kind == wire.STOP:
            return 0
        if kind != wire.START:
            raise wire.ProtocolError(f"a frame of type {kind} in place of START")
        if not self._start(body):
            return EXIT_NO_HANDLER
        while True:
            kind, body = self._connection.read()
            if kind == wire.HANDLE:
                self._handle(body)
            elif kind == wire.COMPLETE:
                self._complete(body)
            elif kind == wire.STOP:
                return self._stop(0)
            elif kind == wire.REPLACE:
                return self._stop(EXIT_REPLACE)
            else:
                raise wire.ProtocolError(f"a frame of type {kind} in place of a batch")

    def _start(self, body):
        try:
            start = json.loads(body)
            unfit = _unfit(start["protocol"], start["handler"].get("language"))
            if unfit:
                self._connection.send(*self._invalid(unfit))
                return False
            file = start["handler"].get("file") or "handler.py"
            class_name = start["handler"].get("className") or "Handler"
            limits = start["limits"]
            self._limits = items.Limits(limits["result_bytes"], limits["error_bytes"])
            self._per_item = start["handler"].get("results", "Item") == "Item"
            self._runner = Runner(start["handler"].get("concurrency", 1))
            self._deadline = Deadline(self._runner.stacks, self._give_up)
            self._runner.is_late = lambda: self._deadline.passed
            if start["handler"].get("rated"):
                self._permits = Permits(self._connection, self._deadline)
            metrics = MetricsClient(self._connection, start["metrics"]["reserved_prefixes"])
            config = json.loads(body)["job_spec"]["config"]  # another one than in job_spec
            arguments = (config, start["job_spec"], metrics)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise wire.ProtocolError(f"a START that can't be read ({error!r})") from None
        self._connection.watch()
        with self._connection:
            kind, body = self._construct(file, class_name, arguments)
        self._connection.send(kind, body)
        return kind == wire.READY

    def _construct(self, file, class_name, arguments):
        where = file
        try:
            path = loading.find(self._code, file)
            self._handler = loading.load(path, file, class_name, self._runner)
            if not self._per_item:
                self._handler.refuse_one_result()
            where = class_name + ".__init__"
            self._handler.construct(*arguments)
        except HandlerInvalid as error:
            return self._invalid(str(error))
        except BaseException as error:
            self._leave_if_forked(error)
            return wire.BROKEN, errors.describe(error, self._limits.error_bytes, where)
        self._leave_if_forked()
        return wire.READY, b"{}"

    def _invalid(self, message):
        return wire.INVALID, errors.invalid_as_json(message, self._limits.error_bytes)

    def _handle(self, body):
        batch, positions, numbers, payload_at = _batch(body)
        try:
            payload = json.loads(body[payload_at:].decode("utf-8"))
        except (ValueError, RecursionError) as error:
            message = f"the payload can't be read by Python as JSON: {error}"
            failed = errors.as_json(
                errors.FATAL_ERROR, type(error).__name__, message, self._limits.error_bytes
            )
            self._connection.send(wire.FAILED, failed)
            return
        if numbers and len(numbers) != len(payload):
            raise wire.ProtocolError("a HANDLE with not a number for each item of the batch")
        numbers = numbers or range(batch.first, batch.first + len(payload))
        if positions:
            if positions[-1] >= len(payload):
                raise wire.ProtocolError("a HANDLE of items that the batch has not")
            payload = [payload[position] for position in positions]
        batch.items = [numbers[at] for at in positions] if positions else list(numbers)
        self._answer(
            self._handler.function,
            lambda: self._handled(payload, batch),
            batch.deadline and batch.deadline.timestamp(),
        )

    def _handled(self, payload, batch):
        """What answers a batch: the frame's type, what stands before the results, the results."""
        most = len(payload) if self._per_item else self._limits.result_bytes // 2
        function = self._handler.function
        if self._permits is None:
            returned = self._handler.handle(payload, batch, most)
        else:
            returned = self._rated(payload, batch, most)
        if self._per_item or function == "handle_item":
            return items.answer(returned, len(payload), self._limits, function)
        return wire.RESULT, b"", results.encode(returned, self._limits.result_bytes)

    def _rated(self, payload, batch, most):
        self._permits.begin()
        try:
            if self._handler.function == "handle_batch" and not self._permits.take(
                len(payload), whole=True
            ):
                raise NotBegun()
            return self._handler.handle(payload, batch, most, self._permits)
        finally:
            self._permits.withdraw()

    def _complete(self, body):
        try:
            summary = json.loads(body)
        except ValueError as error:
            raise wire.ProtocolError(f"a COMPLETE that can't be read ({error})") from None
        self._answer("on_job_complete", lambda: self._completed(summary))

    def _completed(self, summary):
        self._handler.on_job_complete(summary)
        return wire.RESULT, b"", b""

    def _answer(self, where, call, deadline=None):
        """Runs the author's code and sends the answer that it makes, or FAILED, whatever it throws.

        deadline: when the code is ended, in seconds since 1970; None for never."""
        with self._connection:
            try:
                try:
                    self._deadline.begin(deadline)
                    kind, head, body = call()
                finally:
                    self._end_deadline()
                self._broken = self._broken or self._runner.broken
            except results.ResultInvalid as error:
                kind, head = wire.FAILED, b""
                body = errors.as_json(
                    errors.RESULT_INVALID,
                    errors.RESULT_INVALID,
                    str(error),
                    self._limits.error_bytes,
                )
            except BaseException as error:
                self._leave_if_forked(error)
                broken = errors.breaks(error) or self._runner.broken
                self._broken = self._broken or broken
                kind, head = wire.FAILED, b""
                body = errors.describe(error, self._limits.error_bytes, where, broken)
            self._leave_if_forked()
        self._connection.answer(kind, head, body)

    def _end_deadline(self):
        try:
            self._deadline.end()
        except BatchTimedOut:  # before it was at its end; it is thrown only once
            self._deadline.end()
            raise

    def _give_up(self, stack):
        """Answers in the place of the main thread, which takes nothing more, not even its end. By
        the deadline's thread."""
        if self._permits is not None:
            self._permits.withdraw()  # nobody else reads or sends then
        error = BatchTimedOut(errors.where([stack]), broken=True)
        body = errors.describe(error, self._limits.error_bytes, self._handler.function)
        self._connection.__exit__()  # from here on it is this thread that sees the worker go
        self._connection.send(wire.FAILED, body)
        kind, _ = self._connection.read()
        self._connection.flush()
        os._exit(EXIT_REPLACE if kind == wire.REPLACE else 0)

    def _stop(self, exit_code):
        self._connection.stop(exit_code)
        if self._broken:
            self._connection.flush()
            os._exit(exit_code)  # nothing of the author's runs in it any more
        with self._connection:
            try:
                self._handler.close()
                self._runner.close()
            except BaseException as error:
                self._leave_if_forked(error)
                wire.say("the handler's close() failed\n" + errors.stack(error))
        self._connection.flush()
        return exit_code

    def _leave_if_forked(self, error=None):
        """The author's os.fork() and a child that came back: it must not go on as a second host."""
        if not self._connection.in_child:
            return
        if error is None or isinstance(error, SystemExit):
            raise SystemExit(0 if error is None else error.code)
        wire.say("in a child process\n" + errors.stack(error))
        raise SystemExit(1)


class Batch:
    """What a handler gets as `batch`: batchapi.BatchContext says what is in it."""

    def __init__(self, index, attempt, deadline, first, batch_id):
        self.id = batch_id
        self.index = index
        self.attempt = attempt
        self.first = first
        self.items = []
        self.deadline = (
            datetime.datetime.fromtimestamp(deadline / 1000, datetime.timezone.utc)
            if deadline
            else None
        )


def _batch(body):
    """What is before the payload in a HANDLE: the batch, the positions of its items that are to be
    handled (none: all), the numbers of all its items (none: they follow the first one's), and where
    the payload begins."""
    try:
        head = _INDEX_ATTEMPT_DEADLINE_FIRST_IDLENGTH
        index, attempt, deadline, first, id_length = head.unpack_from(body)
        at = head.size + id_length
        batch_id = body[head.size : at].decode("utf-8")
        positions, at = _numbers(body, at)
        numbers, at = _numbers(body, at)
        batch = Batch(index, attempt, deadline, first, batch_id)
        return batch, positions, numbers, at
    except (struct.error, ValueError, OverflowError) as error:
        raise wire.ProtocolError(f"a HANDLE that can't be read ({error})") from None


def _numbers(body, at):
    (count,) = _COUNT.unpack_from(body, at)
    numbers = struct.unpack_from(f">{count}I", body, at + _COUNT.size)
    return numbers, at + _COUNT.size * (1 + count)


def _unfit(protocol, language):
    if sys.version_info < (3, 9):
        return f"Python {sys.version.split()[0]} is too old: the image needs 3.9 or newer"
    if protocol != PROTOCOL:
        return (
            f"the worker speaks protocol {protocol}, this host {PROTOCOL}: use both of one version"
        )
    if language != "python":
        return f"the handler's language is {language}, and this host runs Python"
    return None


def _hello(replaceable):
    name = {"cpython": "CPython", "pypy": "PyPy"}.get(
        sys.implementation.name, sys.implementation.name
    )
    version = ".".join(str(part) for part in sys.version_info[:3])
    hello = {
        "protocol": PROTOCOL,
        "language": "python",
        "runtime": f"{name} {version}",
        "pid": os.getpid(),
        "replaceable": replaceable,
        "ends_batches": True,
    }
    return json.dumps(hello).encode("utf-8")
