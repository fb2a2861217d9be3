"""Runs a handler in a test, over items, as BatchAPI's host would.

    done = run(Handler, [{"text": "a fox"}], config={"least_letters": 3})
    assert done.results == [{"words": 1, "longest": "fox"}]
    done.metrics.assert_counted("texts", 1)

The checks are the host's own, from the same files: which arguments a handler's functions may ask for,
what has a form in JSON, how large a payload and a result may be. What the handler throws comes out as
it is, for `assertRaises` and `pytest.raises`; nothing is tried again.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "_host"))

import batchapi_calling  # they find each other by these names, as in the host
import batchapi_metrics
import batchapi_results
import batchapi_running
import batchapi_session

__all__ = ["PayloadTooLarge", "Pushed", "RecordingMetrics", "Run", "run"]

HandlerInvalid = batchapi_calling.HandlerInvalid
ResultInvalid = batchapi_results.ResultInvalid
ReservedMetricName = batchapi_metrics.ReservedMetricName
__all__ += ["HandlerInvalid", "ReservedMetricName", "ResultInvalid"]

PAYLOAD_BYTES = 1024 * 1024
RESULT_BYTES = 256 * 1024
RESERVED_PREFIXES = ("batchapi_", "cortex_", "istio_")

_KINDS = {
    batchapi_metrics.COUNTER: "counter",
    batchapi_metrics.GAUGE: "gauge",
    batchapi_metrics.HISTOGRAM: "histogram",
    batchapi_metrics.DISTRIBUTION: "distribution",
}


class PayloadTooLarge(ValueError):
    """A batch's items are larger than BatchAPI hands out at once, 1 MiB as JSON."""


class Pushed(NamedTuple):
    """One push of a metric."""

    kind: str
    metric: str
    value: float
    tags: dict[str, str]


class RecordingMetrics(batchapi_metrics.MetricsClient):  # type: ignore[misc]
    """A metrics client that keeps what is pushed. As the real one it never throws, but for a reserved
    name; what is no metric is counted in `dropped`."""

    def __init__(self) -> None:
        super().__init__(None, RESERVED_PREFIXES)
        self.pushed: list[Pushed] = []

    def counted(self, metric: str, **tags: str) -> float:
        """The sum of the increments of `metric` that have these tags, whatever others they have."""
        return sum(self._values("counter", metric, tags))

    def observed(self, metric: str, **tags: str) -> list[float]:
        """The observations of the histogram `metric`, timings too, in their order."""
        return self._values("histogram", metric, tags) + self._values("distribution", metric, tags)

    def gauge_value(self, metric: str, **tags: str) -> float | None:
        """What the gauge `metric` was set to last; None if it wasn't."""
        values = self._values("gauge", metric, tags)
        return values[-1] if values else None

    def assert_counted(self, metric: str, value: float, **tags: str) -> None:
        """Fails unless the increments of `metric` with these tags add up to `value`."""
        self._assert("counted", metric, tags, self.counted(metric, **tags), value)

    def assert_gauge(self, metric: str, value: float, **tags: str) -> None:
        """Fails unless the gauge `metric` with these tags was set to `value` last."""
        self._assert("gauge", metric, tags, self.gauge_value(metric, **tags), value)

    def assert_observed(self, metric: str, times: int, **tags: str) -> None:
        """Fails unless the histogram `metric` with these tags has so many observations."""
        self._assert("observed", metric, tags, len(self.observed(metric, **tags)), times)

    def _values(self, kind: str, metric: str, tags: Mapping[str, str]) -> list[float]:
        wanted = {(key, str(value)) for key, value in tags.items()}
        return [
            push.value
            for push in self.pushed
            if push.kind == kind and push.metric == metric and wanted <= set(push.tags.items())
        ]

    def _assert(
        self, what: str, metric: str, tags: Mapping[str, str], found: Any, wanted: float
    ) -> None:
        if found != wanted:
            listed = "\n".join(f"  {p.kind} {p.metric} {p.value:g} {p.tags}" for p in self.pushed)
            with_tags = f" with {dict(tags)}" if tags else ""
            raise AssertionError(
                f"{what} {metric}{with_tags}: {found}, and not {wanted}; pushed were:\n"
                + (listed or "  none")
            )

    def _push(self, kind: int, metric: str, value: Any, tags: Any) -> None:
        try:
            self._names.get(metric) or self._checked(metric)
            number = batchapi_metrics._number(value)
            texts = {str(k): batchapi_metrics._text(v).decode() for k, v in (tags or {}).items()}
        except ReservedMetricName:
            raise
        except (TypeError, ValueError, AttributeError) as error:
            self._lost("value", str(metric), error)
            return
        self.pushed.append(Pushed(_KINDS[kind], metric, number, texts))


class Run(NamedTuple):
    """What a handler has done.

    results: a result for each item, in their order, as JSON has it; where batches return anything but
    lists, a result for each batch. An item that failed alone has its exception there.
    """

    results: list[Any]
    metrics: RecordingMetrics
    handler: Any


def run(
    handler: type,
    items: Iterable[Any],
    *,
    config: Mapping[str, Any] | None = None,
    batch_size: int | None = None,
    results: str = "Item",
    concurrency: int = 1,
    job_spec: Mapping[str, Any] | None = None,
    metrics: RecordingMetrics | None = None,
) -> Run:
    """Constructs the handler, hands it the items in batches, and ends with on_job_complete and close.

    batch_size: of each batch but the last; None for all items at once.
    results: as handler.results of a BatchAPI. "Item": a list that is returned has a result for each
    item. "Batch": whatever is returned is the batch's result.

    Throws what the handler throws; HandlerInvalid if its functions can't be called; ResultInvalid for
    a result that can't be written, is too large, or is a list of another length than its items;
    PayloadTooLarge.
    """
    if results not in ("Item", "Batch"):
        raise ValueError(f'results is "Item" or "Batch", and not {results!r}')
    every = _as_json(list(items), "items")
    size = batch_size or max(len(every), 1)
    settings = _as_json(dict(config or {}), "config")
    recorded = RecordingMetrics() if metrics is None else metrics
    batches = [every[at : at + size] for at in range(0, len(every), size)]
    spec = {
        "job_id": "00000000-0000-0000-0000-000000000000",
        "job_name": "test",
        "namespace": "default",
        "api_name": "test",
        "kind": "BatchAPI",
        "workers": 1,
        "config": _as_json(dict(config or {}), "config"),
        "total_batch_count": len(batches),
        "start_time": "2026-01-01T00:00:00Z",
        **(job_spec or {}),
    }
    runner = batchapi_running.Runner(concurrency)
    file = inspect.getsourcefile(handler) or "the test"
    author = batchapi_calling.Handler(handler, file, runner)
    if results == "Batch":
        author.refuse_one_result()
    author.construct(settings, spec, recorded)
    written: list[Any] = []
    try:
        for index, payload in enumerate(batches):
            _check_size(payload, index)
            batch = batchapi_session.Batch(index, 1, 0, index * size, f"test-{index}")
            batch.items = [batch.first + at for at in range(len(payload))]
            most = len(payload) if results == "Item" else RESULT_BYTES
            returned = author.handle(payload, batch, most)
            each = batchapi_results.as_list(returned) if results == "Item" else None
            if each is None:
                written.append(_written(returned))
                continue
            if len(each) != len(batches[index]):
                raise ResultInvalid(
                    f"batch {index} has {len(batches[index])} items, and its list has"
                    f" {len(each)} results: return one for each, or set results to Batch"
                )
            written += _items(each)
        lost = sum(isinstance(one, BaseException) for one in written)
        author.on_job_complete(
            {
                "total": len(batches),
                "succeeded": len(batches),
                "failed": 0,
                "failed_attempts": 0,
                "failed_batch_ids": [],
                "output": None,
                "items": {"total": len(every), "succeeded": len(every) - lost, "failed": lost},
            }
        )
    finally:
        author.close()
        runner.close()
    return Run(written, recorded, author._instance)


def _as_json(value: Any, name: str) -> Any:
    """A copy as it would have come out of a file: a tuple is a list, a number as a key is a text."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} can't come out of JSON: {error}") from None


def _check_size(payload: list[Any], index: int) -> None:
    size = len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
    if size > PAYLOAD_BYTES:
        raise PayloadTooLarge(
            f"batch {index} has {size:,} bytes as JSON, the limit is {PAYLOAD_BYTES:,}:"
            " use a smaller batch_size, or hand over where the data is"
        )


def _items(each: Any) -> list[Any]:
    """Each item's result, or its exception."""
    found = [one.error if isinstance(one, batchapi_running.Failure) else one for one in each]
    good = _written([None if isinstance(one, BaseException) else one for one in found])
    return [a if isinstance(a, BaseException) else b for a, b in zip(found, good)]


def _written(result: Any) -> Any:
    body = batchapi_results.encode(result, RESULT_BYTES)
    return json.loads(body) if body else None
