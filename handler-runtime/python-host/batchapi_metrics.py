"""The metrics_client that a handler's constructor gets."""

from __future__ import annotations

import struct
import time

from batchapi_wire import METRIC

COUNTER, GAUGE, HISTOGRAM, DISTRIBUTION = ord("c"), ord("g"), ord("h"), ord("d")

_KIND_VALUE_LENGTH = struct.Struct(">BdH")
_LENGTH = struct.Struct(">H")
_NAMES_REMEMBERED = 1000
_MAX_TEXT = 2000  # the worker cuts names and tags far shorter, and counts that
_MAX_TAGS = 255


class ReservedMetricName(ValueError):
    """The metric's name belongs to the platform. Fails the batch for good."""


class MetricsClient:
    """Pushes metrics, as in Cortex. Thread-safe; a push never waits and never throws, but for a
    reserved name. What is no metric (a value that is no number, a name that is no text) is dropped,
    counted in `dropped`, and told to the worker; so is everything in a child process, but for the
    telling: only the handler's own process is connected. The worker sends them on, and has the
    limits and the escaping. Metrics count attempts: a batch that runs twice pushes twice.
    """

    def __init__(self, connection=None, reserved_prefixes=()):
        self._connection = connection
        self._reserved = tuple(_normalised(prefix) for prefix in reserved_prefixes)
        self._names = {}
        self.dropped = 0

    def increment(self, metric: str, value: float = 1, tags: dict[str, str] | None = None) -> None:
        """Adds `value`, at least 0, to the counter `metric`."""
        self._push(COUNTER, metric, value, tags)

    def gauge(self, metric: str, value: float, tags: dict[str, str] | None = None) -> None:
        """Sets the gauge `metric` to `value`; a negative one is no delta."""
        self._push(GAUGE, metric, value, tags)

    def histogram(self, metric: str, value: float, tags: dict[str, str] | None = None) -> None:
        """Adds the observation `value` to the histogram `metric`."""
        self._push(HISTOGRAM, metric, value, tags)

    def distribution(self, metric: str, value: float, tags: dict[str, str] | None = None) -> None:
        """Adds the observation `value` to a distribution of the Datadog agent; beside Prometheus it
        is a histogram."""
        self._push(DISTRIBUTION, metric, value, tags)

    def timing(self, metric: str, seconds: float, tags: dict[str, str] | None = None) -> None:
        """Adds how long something took, in seconds or as a timedelta, to the histogram `metric`;
        name it ..._seconds."""
        if hasattr(seconds, "total_seconds"):
            try:
                seconds = seconds.total_seconds()
            except Exception:  # the type's own method may throw anything
                seconds = None
        self._push(HISTOGRAM, metric, seconds, tags)

    def timer(self, metric: str, tags: dict[str, str] | None = None) -> Timer:
        """Measures from now to the end of `with metrics.timer("decode_seconds"):`, in seconds."""
        return Timer(self, metric, tags)

    def with_tags(self, tags: dict[str, str]) -> MetricsClient:
        """The same client with these tags on every metric; a push's own tag of the same key wins."""
        return _TaggedClient(self, tags)

    def flush(self) -> None:
        """Has everything that was pushed so far sent, beside the handler. None is needed: the end
        of a batch is one, and a long batch's metrics leave within about a second."""
        if self._connection is not None:
            self._connection.flush_soon()

    def __reduce__(self):
        """A handler may be pickled to a child process, as multiprocessing does; its metrics aren't
        connected there."""
        return (MetricsClient, ())

    def _push(self, kind, metric, value, tags):
        try:
            name = self._names.get(metric) or self._checked(metric)
        except ReservedMetricName:
            raise
        except (TypeError, ValueError) as error:
            return self._lost("name", "", error)
        # Not every Exception: a signal handler of the author's may throw here, as timeouts do.
        try:
            if type(value) is not float and type(value) is not int:
                value = _number(value)
            parts = [_KIND_VALUE_LENGTH.pack(kind, value, len(name)), name]
        except (TypeError, ValueError, OverflowError, struct.error) as error:
            return self._lost("value", metric, error)
        if tags:
            try:
                pairs = tuple(tags.items())[:_MAX_TAGS]
                parts.append(bytes((len(pairs),)))
                for pair in pairs:
                    for text in pair:
                        encoded = _text(text)
                        parts += (_LENGTH.pack(len(encoded)), encoded)
            except (TypeError, ValueError, AttributeError, RuntimeError) as error:
                return self._lost("internal", metric, f"its tags are no dict: {error}")
        else:
            parts.append(b"\0")
        connection = self._connection
        if connection is None or not connection.send_later(METRIC, b"".join(parts)):
            self._lost("overload", metric, "the worker did not take what was pushed before it")

    def _checked(self, metric):
        if not isinstance(metric, str) or not metric:
            raise TypeError("a metric needs a name, and that is a text")
        if self._reserved and _normalised(metric).startswith(self._reserved):
            raise ReservedMetricName(
                "the metric name {!r} is reserved: names can't start with {}".format(
                    metric, ", ".join(self._reserved)
                )
            )
        name = metric[:_MAX_TEXT].encode("utf-8", "replace")
        if len(self._names) < _NAMES_REMEMBERED:
            self._names[metric] = name
        return name

    def _lost(self, reason, metric, detail):
        self.dropped += 1
        if self._connection is not None:
            self._connection.lost(reason, metric[:_MAX_TEXT], str(detail)[:_MAX_TEXT])


class _TaggedClient(MetricsClient):
    def __init__(self, parent, tags):
        self._parent = parent
        try:
            self._tags = dict(tags)
        except (TypeError, ValueError):
            self._tags = tags  # each push will say so

    @property
    def dropped(self):
        return self._parent.dropped

    def flush(self):
        self._parent.flush()

    def _push(self, kind, metric, value, tags):
        try:
            merged = {**self._tags, **tags} if tags else self._tags
        except TypeError:
            merged = tags or self._tags
        self._parent._push(kind, metric, value, merged)


class Timer:
    """Measures the time from its making to its close, and pushes it once."""

    def __init__(self, metrics, metric, tags=None):
        self._metrics = metrics
        self._metric = metric
        self._extra = {}
        self._tags = tags
        self._closed = False
        self._start = time.perf_counter()

    def tag(self, key: str, value: str) -> Timer:
        """Adds a tag that is known only now, such as how it ended."""
        self._extra[key] = value
        return self

    def close(self) -> None:
        """Pushes the time; only the first call does."""
        seconds = time.perf_counter() - self._start
        if not self._closed:
            self._closed = True
            metrics = self._metrics.with_tags(self._tags) if self._tags else self._metrics
            metrics.histogram(self._metric, seconds, self._extra)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()


def _normalised(name):
    return name.replace(".", "_").replace("-", "_")


def _number(value):
    if isinstance(value, (str, bytes)):
        raise TypeError("a text is no number")
    try:
        return float(value)
    except Exception:  # the type's own methods may throw anything
        raise TypeError(f"a {type(value).__name__} is no number") from None


def _text(value):
    """As a tag; what is None or can't be said is empty, which the worker leaves out and counts."""
    if not isinstance(value, str):
        try:
            value = "" if value is None else str(value)
        except Exception:
            value = ""
    return value[:_MAX_TEXT].encode("utf-8", "replace")
