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
    and counted in `dropped`, and so is everything in a child process: only the handler's own
    process is connected. The worker sends them on, and has the limits and the escaping.
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
            if type(value) is not float and type(value) is not int:
                value = _number(value)
            parts = [_KIND_VALUE_LENGTH.pack(kind, value, len(name)), name]
            if tags:
                pairs = tuple(tags.items())
                parts.append(bytes((len(pairs),)))
                for pair in pairs:
                    for text in pair:
                        text = _text(text)
                        parts += (_LENGTH.pack(len(text)), text)
            else:
                parts.append(b"\0")
        except ReservedMetricName:
            raise
        except (TypeError, ValueError, AttributeError, OverflowError, struct.error):
            # Not every Exception: a signal handler of the author's may throw here, as timeouts do.
            self.dropped += 1
            return
        connection = self._connection
        if connection is None or not connection.send_later(METRIC, b"".join(parts)):
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


def _number(value):
    if isinstance(value, (str, bytes)):
        raise TypeError("a text is no number")
    try:
        return float(value)
    except Exception:  # his type's own methods may throw anything
        raise TypeError("no number") from None


def _text(value):
    if not isinstance(value, str):
        try:
            value = str(value)
        except Exception:
            raise TypeError("no text") from None
    return value.encode("utf-8", "replace")
