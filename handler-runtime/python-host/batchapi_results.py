"""A batch's result as JSON.

One rule for whatever a result holds: what has one usual form in JSON is written in it (JSON's own
types; datetime, date and time, Decimal, UUID, Enum, Path, dataclasses, pydantic models; NumPy's scalars
and arrays). Anything else fails the batch, with its place and its type's name. So does what stands
for a missing value, but None.
"""

import dataclasses
import datetime
import decimal
import enum
import json
import math
import pathlib
import sys
import uuid

_HINTS = {
    "set": "use sorted(...) or list(...)",
    "frozenset": "use sorted(...) or list(...)",
    "bytes": "decode it, or use base64",
    "bytearray": "decode it, or use base64",
    "timedelta": "use .total_seconds()",
    "timedelta64": "divide it, as by np.timedelta64(1, 's')",
    "Timedelta": "use .total_seconds()",
    "NaTType": "return None instead",
    "NAType": "return None instead",
    "complex": "return a list of its two parts",
    "generator": "use list(...)",
    "map": "use list(...)",
    "dict_keys": "use list(...)",
    "dict_values": "use list(...)",
    "coroutine": "await it, as by asyncio.gather(...)",
    "Task": "await it, as by asyncio.gather(...)",
    "Future": "await it, as by asyncio.gather(...)",
    "Tensor": "use .tolist()",
    "DataFrame": "use json.loads(frame.to_json(orient='records', date_format='iso'))",
    "Series": "use json.loads(series.to_json(orient='values', date_format='iso'))",
    "Index": "use .tolist()",
    "RangeIndex": "use .tolist()",
    "DatetimeIndex": "use .tolist()",
    "Categorical": "use .tolist()",
}


_WITH_OUTPUT = 64 * 1024 * 1024  # bytes that a batch of a job with an output may return
_WAY_OUT = (
    ", set output in the job (or --results on a laptop), with which a batch may return 64 MiB"
)


class _NoForm(TypeError):
    """This has no form in JSON: the name of its type, and why if there is more to say."""

    def __init__(self, name, why=""):
        super().__init__(name, why)


class ResultInvalid(Exception):
    """The result can't be written; the message says what in it, and the way out."""


class TooLarge(ResultInvalid):
    """The result is over the limit."""


def as_list(result):
    """A list's or an array's elements; None for anything that is no list."""
    if isinstance(result, (list, tuple)) and not hasattr(result, "_fields"):
        return result
    if _is_numpy(result) and getattr(result, "ndim", 0) > 0:
        try:
            return _convert(result)
        except _NoForm:
            return list(result)
    return None


def encode(result, limit):
    """The body of a RESULT frame: UTF-8, empty for None."""
    return b"" if result is None else checked(text(result), limit)


def text(result, path="result"):
    """As JSON; `path` is what messages call it."""
    try:
        encoded = _ENCODER.encode(result)
        encoded.encode("utf-8")
        return encoded
    except (TypeError, ValueError, OverflowError, RecursionError):
        # Only now look for what it was: a result that can be written is never walked through.
        try:
            return _encode_what_can_be(result, path)
        finally:
            _close(result)


def _close(result):
    """A coroutine that nobody awaited would say so on standard error, whenever it is collected."""
    for one in result if isinstance(result, (list, tuple)) else (result,):
        if type(one).__name__ == "coroutine":
            one.close()


def checked(encoded, limit):
    """In UTF-8, if it is not over the limit."""
    body = encoded.encode("utf-8")
    if len(body) > limit:
        way_out = "" if limit >= _WITH_OUTPUT else _WAY_OUT
        raise TooLarge(
            f"the result has {len(body):,} bytes as JSON, the limit is {limit:,}: return less for"
            f" each item, use a smaller batchSize{way_out}, or store it elsewhere and return where"
            " it is"
        )
    return body


def _encode_what_can_be(result, path):
    try:
        return _ENCODER.encode(_plain(result, path, set()))
    except RecursionError:
        raise ResultInvalid(f"{path} is nested too deeply to be written as JSON") from None


def _convert(value):
    """What the encoder doesn't know, one step nearer to JSON's own types; TypeError if it has no form
    there. Nothing is imported for it that the author hasn't."""
    try:
        if _is_numpy(value):
            return _of_numpy(value)
        if isinstance(value, enum.Enum):
            return value.value
        if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
            if value == value:  # pandas' missing time is a datetime, and not equal to itself
                return value.isoformat()
        elif isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath)):
            return str(value)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = dataclasses.fields(value)
            return {field.name: getattr(value, field.name) for field in fields}
        elif _is_pydantic(value):
            dump = getattr(value, "model_dump", None)  # of version 2
            return dump(mode="json") if dump else json.loads(value.json())
    except _NoForm:
        raise
    except Exception as error:  # of the author's own properties, or of a library
        raise _NoForm(type(value).__name__, str(error)) from error
    raise _NoForm(type(value).__name__)


def _of_numpy(value):
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "m":  # a number of some unit, which nobody could tell
        raise _NoForm("timedelta64")
    if kind == "M":
        return _times(value)
    converted = value.tolist()
    if kind == "V" and value.dtype.names:
        return _named(converted, value.dtype.names)
    if kind == "f" and value.dtype.itemsize < 8:
        return _own_digits(value, converted)
    return float(converted) if _is_numpy(converted) else converted  # longdouble stays what it is


def _times(value):
    texts = sys.modules["numpy"].datetime_as_string(value).tolist()
    if "NaT" in str(texts):
        raise _NoForm("NaTType")
    return texts


def _named(converted, names):
    """Records: tolist() gives tuples, and loses the names."""
    if isinstance(converted, list):
        return [_named(one, names) for one in converted]
    return dict(zip(names, converted))


def _own_digits(value, converted):
    """Of float16 and float32: as a float of Python's 0.1 would have the digits of another number."""
    if isinstance(converted, list):
        return [
            _own_digits(one, plain) if hasattr(one, "dtype") else plain
            for one, plain in zip(value, converted)
        ]
    return float(str(value)) if isinstance(converted, float) else converted


def _is_numpy(value):
    """NumPy's data: its other objects, such as a generator, have no tolist."""
    of = type(value)
    return str(of.__module__).partition(".")[0] == "numpy" and hasattr(of, "tolist")


def _is_pydantic(value):
    return any(str(of.__module__).partition(".")[0] == "pydantic" for of in type(value).__mro__)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_convert
)


def _plain(value, path, parents):
    """A copy in JSON's own types; throws for the first thing that has none, with the path to it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        return _integer(value, path)
    if isinstance(value, float):
        return _number(value, path)
    if isinstance(value, (dict, list, tuple)):
        return _container(value, path, parents)
    try:
        converted = _convert(value)
    except _NoForm as error:
        raise ResultInvalid(f"{path} is {_refusal(*error.args)}") from None
    return _plain(converted, path, parents)


def _refusal(name, why):
    article = "an" if name[:1] in "AEIOUaeiou" else "a"
    more = why or _HINTS.get(name, "")
    return f"{article} {name}, which can't be written as JSON" + (more and ": " + more)


def _container(value, path, parents):
    if id(value) in parents:
        raise ResultInvalid(f"{path} contains itself, which can't be written as JSON")
    parents.add(id(value))
    try:
        if isinstance(value, dict):
            return {
                _key(key, path): _plain(item, f"{path}[{_shown(key)}]", parents)
                for key, item in value.items()
            }
        return [_plain(item, f"{path}[{index}]", parents) for index, item in enumerate(value)]
    finally:
        parents.discard(id(value))


def _key(key, path):
    if _is_numpy(key) and not isinstance(key, (str, float)):
        key = _convert(key)
    if isinstance(key, str):
        return _text(key, "a key of " + path)
    if isinstance(key, float):
        return _number(key, "a key of " + path)
    if key is None or isinstance(key, int):
        return key
    raise ResultInvalid(
        f"{path} has a key of type {type(key).__name__}, and JSON's keys are texts: use str(...)"
    )


def _text(value, path):
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"U+{ord(value[error.start]):04X} at position {error.start}"
        raise ResultInvalid(
            f"{path} has half a character (lone surrogate {half}), which can't be written as JSON"
        ) from None
    return value


def _integer(value, path):
    try:
        int.__repr__(value)
    except ValueError:  # CPython refuses to print integers of more than 4,300 digits
        raise ResultInvalid(f"{path} is an integer of too many digits to be written") from None
    return value


def _number(value, path):
    if math.isfinite(value):
        return value
    raise ResultInvalid(
        f"{path} is {float.__repr__(value)}, which JSON can't hold: return None instead"
    )


def _shown(key):
    return json.dumps(key[:40]) if isinstance(key, str) else repr(key)[:40]
