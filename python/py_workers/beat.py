"""Stops ``celery beat`` where ``JOBS_PY_SCHEDULE`` is ``off``: it would run, and send nothing."""

import os
from typing import Any

from celery.signals import beat_init

from py_workers.config import VARIABLES
from py_workers.environment import ConfigError, read_variables


def check_schedule_when_beat_starts() -> None:
    """Have beat end with one line where it would send nothing."""
    beat_init.connect(_check_schedule)


def _check_schedule(**_: Any) -> None:
    """Look at the switch.

    Raises:
        ConfigError: ``JOBS_PY_SCHEDULE`` is ``off``.
    """
    if not read_variables(VARIABLES, os.environ)["JOBS_PY_SCHEDULE"]:
        raise ConfigError(
            "JOBS_PY_SCHEDULE is off, so that beat would send nothing: set JOBS_PY_SCHEDULE=on to have it "
            "send what py_workers/schedule.py lists"
        )
