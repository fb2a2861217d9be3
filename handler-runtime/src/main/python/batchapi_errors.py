"""What the worker is told when the author's code fails."""

import json
import os
import sys
import traceback

from batchapi_metrics import ReservedMetricName

HANDLER_FAILED, FATAL_ERROR, RESULT_INVALID = "HandlerFailed", "FatalError", "ResultInvalid"

_OUR_FOLDER = os.path.dirname(__file__)


def describe(error, limit, where):
    """The JSON of a FAILED or BROKEN frame, at most `limit` bytes. Never throws.

    `where` is the author's function that was called, such as handle_batch.
    """
    try:
        return as_json(
            FATAL_ERROR if _is_fatal(error) else HANDLER_FAILED,
            _type_name(error),
            _message(error, where),
            limit,
            stack(error),
        )
    except BaseException:  # his exception's own methods may throw anything, and memory may be short
        return as_json(HANDLER_FAILED, type(error).__name__, "", limit)


def as_json(reason, type_name, message, limit, stack=""):
    """The error as JSON; stack and message lose their middle if together they are too long."""
    error = {"reason": reason, "type": _cut(type_name, 256), "message": _cut(message, limit // 2)}
    error["stack"] = _cut(stack, limit - 64 - len(_json(error)))
    return _json(error)


def invalid_as_json(message, limit):
    """The body of an INVALID frame."""
    return _json({"message": _cut(message, limit - 64)})


def _is_fatal(error):
    shim = sys.modules.get("batchapi")  # not there unless the author has imported it
    fatal = getattr(shim, "FatalBatchError", ReservedMetricName)
    return isinstance(error, (fatal, ReservedMetricName))


def _type_name(error):
    module, name = str(type(error).__module__), type(error).__qualname__
    return name if module == "builtins" else module + "." + name


def _message(error, where):
    if isinstance(error, SystemExit):
        return "{} called sys.exit({})".format(
            where, "" if error.code is None else repr(error.code)
        )
    if isinstance(error, KeyboardInterrupt):
        return f"{where} was interrupted"
    try:
        return str(error)
    except BaseException:
        return f"(its message can't be read: __str__ of {_type_name(error)} fails)"


def stack(error):
    """The traceback as Python prints it, causes included, without the host's own frames."""
    described = traceback.TracebackException.from_exception(error)
    to_do = [described]
    while to_do:
        part = to_do.pop()
        if part is None:
            continue
        if part.stack is not None:
            part.stack[:] = [f for f in part.stack if os.path.dirname(f.filename) != _OUR_FOLDER]
        to_do += [part.__cause__, part.__context__]
        to_do += getattr(part, "exceptions", None) or []
    return "".join(described.format())


def _cut(text, limit):
    """At most `limit` bytes as JSON; the end of a text says more than its middle."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    room = limit
    cut = text
    while len(_json(cut)) > limit and room > 0:
        room = room * 3 // 4
        head, tail = room // 4, room - room // 4
        cut = "{}\n[... {:,} characters left out ...]\n{}".format(
            text[:head], len(text) - head - tail, text[-tail:] if tail else ""
        )
    return cut if room > 0 else ""


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
