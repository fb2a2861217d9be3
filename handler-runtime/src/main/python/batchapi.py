"""What a Python handler may import: `from batchapi import FatalBatchError`.

Nothing of it is needed: a handler is any class with the right methods. This file stands alone, so
that it can be copied next to a handler for its editor and its tests.
"""

from typing import Any, Dict, List, Mapping, Optional, Protocol, TypedDict

__all__ = ["FatalBatchError", "JobSpec", "JobSummary", "MetricsClient"]


class FatalBatchError(Exception):
    """Raise it from handle_batch to fail the batch for good: it is not tried again."""


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


class JobSummary(TypedDict):
    """The `summary` of on_job_complete. `failed_batch_ids` holds at most the first 1,000."""

    total: int
    succeeded: int
    failed: int
    failed_attempts: int
    failed_batch_ids: List[str]


class MetricsClient(Protocol):
    """The constructor's `metrics_client`. A push never waits and never throws, except ValueError
    for a name with a reserved prefix (batchapi_, cortex_, istio_): it fails the batch for good."""

    def increment(
        self, metric: str, value: float = 1, tags: Optional[Mapping[str, str]] = None
    ) -> None:
        """Adds `value` to a counter."""

    def gauge(self, metric: str, value: float, tags: Optional[Mapping[str, str]] = None) -> None:
        """Sets a gauge."""

    def histogram(
        self, metric: str, value: float, tags: Optional[Mapping[str, str]] = None
    ) -> None:
        """Adds one observation to a histogram."""
