"""What a Python handler may import: `from batchapi import FatalBatchError`.

Nothing of it is needed: a handler is any class with the right methods. This file stands alone, so
that it can be copied next to a handler for its editor and its tests.
"""

from typing import (
    TYPE_CHECKING,
    Any,
    ContextManager,
    Dict,
    List,
    Mapping,
    Optional,
    Protocol,
    TypedDict,
    Union,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

__all__ = [
    "BatchContext",
    "FatalBatchError",
    "ItemCounts",
    "ItemError",
    "JobSpec",
    "JobSummary",
    "MetricsClient",
    "RetryLater",
    "Tags",
    "Timer",
    "WorkerBroken",
]

Tags = Optional[Mapping[str, str]]


class FatalBatchError(Exception):
    """Raise it from handle_batch to fail the batch for good: it is not tried again."""


class ItemError(Exception):
    """One item's failure. In the list that handle_batch returns it stands in the place of the
    item's result, as any exception may; handle_item raises it. With fatal=True the item is not
    tried again."""

    def __init__(self, message: str = "", fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal

    def __reduce__(self) -> Any:  # or pickle would forget it
        return (type(self), (str(self), self.fatal))


class RetryLater(Exception):
    """Asks for an item, or a batch, to be handed over again after so many seconds, such as those of
    a Retry-After. It costs no attempt. handle_item and handle_batch raise it, and in the list that
    handle_batch returns it stands in the place of one item's result.

    seconds: 0 to 3,600, a number or its text; ValueError otherwise. One item, or one batch, may ask
    for 24 hours in all."""

    def __init__(self, seconds: "Union[float, str]", message: str = "") -> None:
        self.seconds = _wait(seconds)
        super().__init__(message or f"to be called again in {self.seconds:g} s")

    def __reduce__(self) -> Any:  # or pickle would give it the message alone
        return (type(self), (self.seconds, str(self)))


_LONGEST_WAIT = 3600


def _wait(seconds: Any) -> float:
    wrong = f"RetryLater({seconds!r}): seconds must be a number from 0 to {_LONGEST_WAIT:,}"
    try:
        wait = float(seconds)
    except (TypeError, ValueError):
        raise ValueError(wrong) from None
    if not 0 <= wait <= _LONGEST_WAIT:  # this way round because of NaN
        raise ValueError(wrong)
    return wait


class BatchContext(Protocol):
    """The argument `batch` of handle_batch and handle_item."""

    id: str
    """The same at every attempt, and of no other batch."""
    index: int
    """Position of the batch in the job, from 0."""
    attempt: int
    """1 for the first."""
    deadline: "Optional[datetime]"
    """When this attempt is ended, in UTC; None without timeouts.batchSeconds."""
    items: List[int]
    """Positions in the job of the items that are handed over, from 0."""


class WorkerBroken(Exception):
    """Raise it when this process can handle nothing any more, such as one whose GPU has failed. The
    attempt has failed and is tried again as any other; the process is replaced before it gets
    another batch, without close()."""


class JobSpec(TypedDict):
    """The constructor's `job_spec`."""

    job_id: str
    job_name: str
    namespace: str
    api_name: str
    kind: str
    workers: int
    config: Dict[str, Any]
    total_batch_count: int
    start_time: str


class ItemCounts(TypedDict):
    """What became of a job's items: `failed` are those that failed alone, and all of batches that
    failed as a whole."""

    total: int
    succeeded: int
    failed: int


class JobSummary(TypedDict):
    """The `summary` of on_job_complete. `failed_batch_ids` holds at most the first 1,000; `output` is
    the URL of the folder that the results are written to afterwards, None without one."""

    total: int
    succeeded: int
    failed: int
    failed_attempts: int
    failed_batch_ids: List[str]
    output: Optional[str]
    items: ItemCounts


class Timer(ContextManager["Timer"], Protocol):
    """What `metrics_client.timer(...)` returns, for `with`."""

    def tag(self, key: str, value: str) -> "Timer":
        """Adds a tag that is known only now, such as how it ended."""

    def close(self) -> None:
        """Pushes the time; the end of `with` does it as well, and only the first of them counts."""


class MetricsClient(Protocol):
    """The constructor's `metrics_client`. A push never waits and never throws, except ValueError
    for a name with a reserved prefix (batchapi_, cortex_, istio_): it fails the batch for good.
    Metrics count attempts: a batch that runs twice pushes twice."""

    def increment(self, metric: str, value: float = 1, tags: Tags = None) -> None:
        """Adds `value`, at least 0, to a counter."""

    def gauge(self, metric: str, value: float, tags: Tags = None) -> None:
        """Sets a gauge to an absolute value; a negative one is no delta."""

    def histogram(self, metric: str, value: float, tags: Tags = None) -> None:
        """Adds one observation to a histogram."""

    def distribution(self, metric: str, value: float, tags: Tags = None) -> None:
        """Adds one observation to a distribution of the Datadog agent; beside Prometheus it is a
        histogram."""

    def timing(self, metric: str, seconds: "Union[float, timedelta]", tags: Tags = None) -> None:
        """Adds how long something took, in seconds, to a histogram; name it ..._seconds."""

    def timer(self, metric: str, tags: Tags = None) -> Timer:
        """Measures from now to the end of `with metrics_client.timer("decode_seconds"):`."""

    def with_tags(self, tags: Mapping[str, str]) -> "MetricsClient":
        """The same client with these tags on every metric; a push's own tag of the same key wins."""

    def flush(self) -> None:
        """Has everything that was pushed so far sent, beside the handler. None is needed: the end
        of a batch is one, and a long batch's metrics leave within about a second."""
