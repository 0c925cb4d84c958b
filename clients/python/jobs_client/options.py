"""Celery's options for sending a task."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict


class SendOptions(TypedDict, total=False):
    """What ``apply_async`` and ``set`` take. Celery's documentation explains each."""

    countdown: float
    eta: datetime
    expires: float | datetime
    priority: int
    queue: str
    task_id: str
    headers: Mapping[str, Any]
    shadow: str
    time_limit: float
    soft_time_limit: float
    ignore_result: bool
    compression: str
