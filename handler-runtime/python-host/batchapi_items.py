"""What a batch's answer is: one result, or one result or error for each item."""

import json
import struct

import batchapi_errors as errors
import batchapi_results as results
import batchapi_wire as wire
from batchapi_running import Failure

ALL_ERRORS_BYTES = 512 * 1024  # of all items' errors together, about
_LEAST_ERROR_BYTES = 256

_COUNT = struct.Struct(">I")
_POSITION_LENGTH = struct.Struct(">II")


class Limits:
    """How large answers may be, in bytes as JSON."""

    def __init__(self, result_bytes=262144, error_bytes=16384):
        self.result_bytes = result_bytes
        self.error_bytes = error_bytes


def answer(returned, items, limits, where):
    """The answer (type, head, results) for what a handler returned for `items` items, of which a list has one
    result for each. ResultInvalid if it can't be written, or is another number."""
    found = results.as_list(returned)
    if found is None:
        return wire.RESULT, b"", results.encode(returned, limits.result_bytes)
    if len(found) != items:
        raise results.ResultInvalid(
            f"the handler returned a list of {len(found)} results for {items} items: return one for"
            " each, None for an item without one; or, if the list is the batch's one result, set"
            " handler.results: Batch"
        )
    failed = {
        place: one.error if isinstance(one, Failure) else one
        for place, one in enumerate(found)
        if isinstance(one, (BaseException, Failure))
    }
    ran = {place: one.seconds for place, one in enumerate(found) if isinstance(one, Failure)}
    for error in failed.values():
        if errors.breaks(error):
            raise error
    if not failed:
        try:
            return wire.RESULT, b"", results.encode(found, limits.result_bytes)
        except results.TooLarge:
            raise
        except results.ResultInvalid:
            pass  # one of the items is to blame, and found below
    return _items(found, failed, ran, limits, where)


def _items(found, failed, ran, limits, where):
    texts = []
    invalid = {}
    for place, one in enumerate(found):
        text = "null"
        if place not in failed:
            try:
                text = results.text(one, f"result[{place}]")
            except results.ResultInvalid as error:
                invalid[place] = str(error)
        texts.append(text)
    body = results.checked("[" + ",".join(texts) + "]", limits.result_bytes)
    if not failed and not invalid:
        return wire.RESULT, b"", body
    each = ALL_ERRORS_BYTES // (len(failed) + len(invalid))
    each = max(_LEAST_ERROR_BYTES, min(each, limits.error_bytes))
    parts = [_COUNT.pack(len(failed) + len(invalid))]
    for place in sorted([*failed, *invalid]):
        if place in failed:
            error = errors.describe(failed[place], each, where, seconds=ran.get(place))
        else:
            reason = errors.RESULT_INVALID
            error = errors.as_json(reason, reason, invalid[place], each)
        parts += (_POSITION_LENGTH.pack(place, len(error)), error)
    head = b"".join(parts)
    size = len(head) + min(len(body), wire.PART_BYTES)
    if size >= wire.MAX_FRAME:
        return wire.FAILED, b"", _too_many(parts[2], failed, invalid, size, limits)
    return wire.ITEMS, head, body


def _too_many(first, failed, invalid, size, limits):
    """The answer in place of one that has no room for all its errors."""
    error = json.loads(first)
    again = any(not errors.is_fatal(one) for one in failed.values())
    return errors.as_json(
        errors.HANDLER_FAILED if again else errors.FATAL_ERROR,
        error["type"],
        f"{len(failed) + len(invalid):,} items failed, and with their errors the answer has"
        f" {size:,} bytes, of {wire.MAX_FRAME:,}: use a smaller batchSize. The first error:"
        f" {error['message']}",
        limits.error_bytes,
        error["stack"],
    )
