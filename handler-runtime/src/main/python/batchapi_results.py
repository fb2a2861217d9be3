"""A batch's result as JSON."""

import json
import math

_HINTS = {
    "set": "use sorted(...) or list(...)",
    "frozenset": "use sorted(...) or list(...)",
    "bytes": "decode it, or use base64",
    "bytearray": "decode it, or use base64",
    "datetime": "use .isoformat()",
    "date": "use .isoformat()",
    "Decimal": "use float(...) or str(...)",
    "UUID": "use str(...)",
    "generator": "use list(...)",
    "map": "use list(...)",
    "dict_keys": "use list(...)",
    "dict_values": "use list(...)",
    "coroutine": "handle_batch must not be async",
    "Tensor": "use .tolist()",
    "DataFrame": "use .to_dict(orient='records')",
    "Series": "use .tolist()",
}


class ResultInvalid(Exception):
    """The result can't be written; the message says what in it, and the way out."""


def encode(result, limit):
    """The body of a RESULT frame: UTF-8, empty for None."""
    if result is None:
        return b""
    try:
        body = _ENCODER.encode(result).encode("utf-8")
    except (TypeError, ValueError, OverflowError, RecursionError):
        # Only now look for what it was: a result that can be written is never walked through.
        body = _encode_what_can_be(result)
    if len(body) > limit:
        raise ResultInvalid(
            f"the result has {len(body):,} bytes as JSON, the limit is {limit:,}: return less for"
            " each item, use a smaller batchSize, or store it elsewhere and return where it is"
        )
    return body


def _encode_what_can_be(result):
    try:
        return _ENCODER.encode(_plain(result, "result", set())).encode("utf-8")
    except RecursionError:
        raise ResultInvalid("result is nested too deeply to be written as JSON") from None


def _convert(value):
    """What the encoder doesn't know; NumPy's is converted by its own means, never importing it."""
    if not _is_numpy(value):
        raise TypeError(type(value).__name__)
    converted = value.tolist()
    return float(converted) if _is_numpy(converted) else converted  # longdouble stays what it is


def _is_numpy(value):
    return str(type(value).__module__).partition(".")[0] == "numpy"


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
    if _is_numpy(value):
        return _plain(_convert(value), path, parents)
    name = type(value).__name__
    article = "an" if name[:1] in "AEIOUaeiou" else "a"
    hint = f": {_HINTS[name]}" if name in _HINTS else ""
    raise ResultInvalid(f"{path} is {article} {name}, which can't be written as JSON{hint}")


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
