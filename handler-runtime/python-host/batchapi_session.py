"""The conversation with the worker: HELLO, START, READY, then batches until STOP."""

import json
import os
import struct
import sys

import batchapi_errors as errors
import batchapi_loading as loading
import batchapi_results as results
import batchapi_wire as wire
from batchapi_calling import HandlerInvalid
from batchapi_init import EXIT_REPLACE
from batchapi_metrics import MetricsClient

PROTOCOL = 1
EXIT_NO_HANDLER = 1

_INDEX_ATTEMPT_DEADLINE_IDLENGTH = struct.Struct(">IIQH")


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
        self._error_bytes = 16384
        self._result_bytes = 262144
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
            self._error_bytes, self._result_bytes = limits["error_bytes"], limits["result_bytes"]
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
            self._handler = loading.load(path, file, class_name)
            where = class_name + ".__init__"
            self._handler.construct(*arguments)
        except HandlerInvalid as error:
            return self._invalid(str(error))
        except BaseException as error:
            self._leave_if_forked(error)
            return wire.BROKEN, errors.describe(error, self._error_bytes, where)
        self._leave_if_forked()
        return wire.READY, b"{}"

    def _invalid(self, message):
        return wire.INVALID, errors.invalid_as_json(message, self._error_bytes)

    def _handle(self, body):
        try:
            *_, id_length = _INDEX_ATTEMPT_DEADLINE_IDLENGTH.unpack_from(body)
            payload_at = _INDEX_ATTEMPT_DEADLINE_IDLENGTH.size + id_length
            if payload_at > len(body):
                raise ValueError("it ends within the batch id")
            batch_id = body[_INDEX_ATTEMPT_DEADLINE_IDLENGTH.size : payload_at].decode("utf-8")
        except (struct.error, ValueError) as error:
            raise wire.ProtocolError(f"a HANDLE that can't be read ({error})") from None
        try:
            payload = json.loads(body[payload_at:].decode("utf-8"))
        except (ValueError, RecursionError) as error:
            message = f"the payload can't be read by Python as JSON: {error}"
            failed = errors.as_json(
                errors.FATAL_ERROR, type(error).__name__, message, self._error_bytes
            )
            self._connection.send(wire.FAILED, failed)
            return
        self._answer("handle_batch", lambda: self._handler.handle_batch(payload, batch_id))

    def _complete(self, body):
        try:
            summary = json.loads(body)
        except ValueError as error:
            raise wire.ProtocolError(f"a COMPLETE that can't be read ({error})") from None
        self._answer("on_job_complete", lambda: self._handler.on_job_complete(summary))

    def _answer(self, where, call):
        """Runs the author's code and sends RESULT or FAILED, whatever it throws."""
        with self._connection:
            try:
                body = results.encode(call(), self._result_bytes)
                kind = wire.RESULT
            except results.ResultInvalid as error:
                kind = wire.FAILED
                body = errors.as_json(
                    errors.RESULT_INVALID, errors.RESULT_INVALID, str(error), self._error_bytes
                )
            except BaseException as error:
                self._leave_if_forked(error)
                self._broken = self._broken or errors.breaks(error)
                kind, body = wire.FAILED, errors.describe(error, self._error_bytes, where)
            self._leave_if_forked()
        self._connection.send(kind, body)

    def _stop(self, exit_code):
        self._connection.stop(exit_code)
        if self._broken:
            self._connection.flush()
            os._exit(exit_code)  # nothing of the author's runs in it any more
        with self._connection:
            try:
                self._handler.close()
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
    }
    return json.dumps(hello).encode("utf-8")
