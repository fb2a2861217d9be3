"""What the worker is told when the author's code fails."""

import json
import os
import sys
import traceback

from batchapi_deadline import BatchTimedOut, NotBegun
from batchapi_metrics import ReservedMetricName

HANDLER_FAILED, WORKER_BROKEN = "HandlerFailed", "WorkerBroken"
FATAL_ERROR, RESULT_INVALID = "FatalError", "ResultInvalid"
TIMED_OUT, NOT_BEGUN, RETRY_LATER = "TimedOut", "NotBegun", "RetryLater"

NO_TERMINAL = (
    "(Standard input is empty here: `batchapi run --debug` gives the handler the terminal.)"
)

_OUR_FOLDER = os.path.dirname(os.path.normpath(__file__))

# What runs the author's code for the author: its frames say nothing, and hide the lines that do.
_BETWEEN = tuple(
    os.path.join(os.path.dirname(os.__file__), *path)
    for path in (("asyncio", ""), ("concurrent", "futures", ""), ("threading.py",))
)


def describe(error, limit, where, broken=False, seconds=None):
    """The JSON of a FAILED or BROKEN frame, at most `limit` bytes. Never throws.

    `where` is the author's function that was called, such as handle_batch; `broken`: whether the
    process must be replaced for it; `seconds`: how long it ran, if that is of one item.
    """
    try:
        if isinstance(error, BatchTimedOut):
            text = error.where or stack(error)
            reason = WORKER_BROKEN if broken or error.broken else TIMED_OUT
            if isinstance(error, NotBegun):
                reason, text = NOT_BEGUN, ""
            return as_json(reason, TIMED_OUT, str(error), limit, text, seconds=seconds)
        later = None if broken or breaks(error) else _later(error)
        if later is not None:
            return as_json(RETRY_LATER, _type_name(error), str(error), limit, "", later)
        return as_json(
            WORKER_BROKEN
            if broken or breaks(error)
            else FATAL_ERROR
            if is_fatal(error)
            else HANDLER_FAILED,
            _type_name(error),
            _message(error, where),
            limit,
            stack(error),
            seconds=seconds,
        )
    except BaseException:  # the exception's own methods may throw, and memory may be short
        reason = WORKER_BROKEN if breaks(error) else HANDLER_FAILED
        return as_json(reason, type(error).__name__, "", limit)


def as_json(reason, type_name, message, limit, stack="", after=None, seconds=None):
    """The error as JSON; stack and message lose their middle if together they are too long.

    after: when to hand it over again, in seconds.
    seconds: how long it ran."""
    extra = {} if after is None else {"after_millis": round(1000 * after)}
    if seconds is not None:
        extra["ran_millis"] = min(round(1000 * seconds), 2**31 - 1)
    error = {
        **extra,
        "reason": reason,
        "type": _cut(type_name, 256),
        "message": _cut(message, limit // 2),
    }
    error["stack"] = _cut(stack, limit - 64 - len(_json(error)))
    return _json(error)


def invalid_as_json(message, limit):
    """The body of an INVALID frame."""
    return _json({"message": _cut(message, limit - 64)})


def breaks(error):
    """Whether the process is broken with this error, or with one behind it, as the author says.
    Never throws."""
    try:
        broken = _of_the_shim("WorkerBroken", None)
        if broken is None:
            return False
        seen, to_do = set(), [error]
        while to_do and len(seen) < 50:
            one = to_do.pop()
            if one is None or id(one) in seen:
                continue
            if isinstance(one, broken):
                return True
            seen.add(id(one))
            context = None if one.__suppress_context__ else one.__context__
            to_do += [*getattr(one, "exceptions", ()), context, one.__cause__]
    except BaseException:  # an exception of the author's with attributes of its own
        pass
    return False


def _later(error):
    """After how many seconds the author wants it to be handed over again; None for any other."""
    if isinstance(error, _of_the_shim("RetryLater", ReservedMetricName)):
        seconds = getattr(error, "seconds", None)
        return seconds if isinstance(seconds, float) and 0 <= seconds <= 3600 else None
    return None


def is_fatal(error):
    if isinstance(error, _of_the_shim("ItemError", ReservedMetricName)) and hasattr(error, "fatal"):
        return bool(error.fatal)
    return isinstance(
        error, (ReservedMetricName, _of_the_shim("FatalBatchError", ReservedMetricName))
    )


def _of_the_shim(name, otherwise):
    shim = sys.modules.get("batchapi")  # not there unless the author has imported it
    found = getattr(shim, name, otherwise)
    return found if isinstance(found, type) else otherwise


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
        return " ".join(part for part in (str(error), _hint(error)) if part)
    except BaseException:
        return f"(its message can't be read: __str__ of {_type_name(error)} fails)"


def _hint(error):
    """The way out, for who asks a terminal that is not there."""
    asks = isinstance(error, EOFError) or _type_name(error) == "bdb.BdbQuit"
    return NO_TERMINAL if asks and not os.isatty(0) else ""


def no_debugger(*arguments, **keywords):
    """In the place of breakpoint() where there is no terminal: pdb would find an empty input and
    end whatever called it."""
    raise RuntimeError("breakpoint() found no terminal. " + NO_TERMINAL)


def stack(error):
    """The traceback as Python prints it, causes included, without the host's own frames and those
    of a loop or a pool between the author's."""
    described = traceback.TracebackException.from_exception(error)
    to_do = [described]
    while to_do:
        part = to_do.pop()
        if part is None:
            continue
        if part.stack is not None:
            part.stack[:] = _authors(part.stack)
        to_do += [part.__cause__, part.__context__]
        to_do += getattr(part, "exceptions", None) or []
    return "".join(described.format())


def where(stacks):
    """Other threads' and coroutines' (name, frames) as text, the author's frames alone."""
    texts = []
    for name, frames in stacks:
        lines = "".join(traceback.format_list(_authors(frames)))
        if lines:
            texts.append(f"{name} stands here (most recent call last):\n{lines}")
    return "".join(texts)


def _authors(frames):
    frames = [f for f in frames if os.path.dirname(os.path.normpath(f.filename)) != _OUR_FOLDER]
    return [
        frame
        for place, frame in enumerate(frames, 1)
        if place == len(frames) or not frame.filename.startswith(_BETWEEN)
    ]


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
