"""The metrics_client that a handler's constructor gets."""

import struct

from batchapi_wire import METRIC

COUNTER, GAUGE, HISTOGRAM = ord("c"), ord("g"), ord("h")

_KIND_VALUE_LENGTH = struct.Struct(">BdH")
_LENGTH = struct.Struct(">H")
_NAMES_REMEMBERED = 1000


class ReservedMetricName(ValueError):
    """The metric's name belongs to the platform. Fails the batch for good."""


class MetricsClient:
    """Pushes metrics, as in Cortex. Thread-safe; a push never waits and never throws, but for a
    reserved name. What is no metric (a value that is no number, a name that is no text) is dropped
    and counted in `dropped`, and so is everything in a child process: only the handler's own process
    is connected. The worker sends them on, and has the limits and the escaping.
    """

    def __init__(self, connection=None, reserved_prefixes=()):
        self._connection = connection
        self._reserved = tuple(_normalised(prefix) for prefix in reserved_prefixes)
        self._names = {}
        self.dropped = 0

    def increment(self, metric, value=1, tags=None):
        """Adds `value` to the counter `metric`."""
        self._push(COUNTER, metric, value, tags)

    def gauge(self, metric, value, tags=None):
        """Sets the gauge `metric` to `value`."""
        self._push(GAUGE, metric, value, tags)

    def histogram(self, metric, value, tags=None):
        """Adds the observation `value` to the histogram `metric`."""
        self._push(HISTOGRAM, metric, value, tags)

    def __reduce__(self):
        """A handler may be pickled to a child process, as multiprocessing does; its metrics aren't
        connected there."""
        return (MetricsClient, ())

    def _push(self, kind, metric, value, tags):
        try:
            name = self._names.get(metric) or self._checked(metric)
            parts = [_KIND_VALUE_LENGTH.pack(kind, value, len(name)), name]
            if tags:
                parts.append(bytes((len(tags),)))
                for key, tag in tags.items():
                    key = _text(key)
                    tag = _text(tag)
                    parts += (_LENGTH.pack(len(key)), key, _LENGTH.pack(len(tag)), tag)
            else:
                parts.append(b"\0")
            if self._connection is not None and self._connection.send_later(
                METRIC, b"".join(parts)
            ):
                return
        except ReservedMetricName:
            raise
        except Exception:  # whatever a value, a tag or its __str__ may throw
            pass
        self.dropped += 1

    def _checked(self, metric):
        if not isinstance(metric, str) or not metric:
            raise TypeError("a metric's name is a text")
        if self._reserved and _normalised(metric).startswith(self._reserved):
            raise ReservedMetricName(
                "the metric name {!r} is reserved: names can't start with {}".format(
                    metric, ", ".join(self._reserved)
                )
            )
        name = metric.encode("utf-8", "replace")
        if len(self._names) < _NAMES_REMEMBERED:
            self._names[metric] = name
        return name


def _normalised(name):
    return name.replace(".", "_").replace("-", "_")


def _text(value):
    return (value if isinstance(value, str) else str(value)).encode("utf-8", "replace")
