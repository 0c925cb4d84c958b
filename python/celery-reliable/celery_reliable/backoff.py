"""Bounds the computing of Celery's exponential backoff, which takes minutes for the retries that a message may name."""

from celery.app import autoretry
from celery.utils.time import get_exponential_backoff_interval


def bound_backoff() -> None:
    """Have ``autoretry_for`` compute no larger power than its result needs, in this process."""
    autoretry.get_exponential_backoff_interval = backoff_interval  # type: ignore[attr-defined]


def backoff_interval(factor: int, retries: int, maximum: int, full_jitter: bool = False) -> int:
    """Return the pause before a retry (``celery.utils.time.get_exponential_backoff_interval``)."""
    # 2 to this power is larger than the maximum.
    doublings = min(retries, max(0, maximum).bit_length())
    return int(get_exponential_backoff_interval(factor, doublings, maximum, full_jitter))
