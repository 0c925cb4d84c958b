"""A beat that schedules JavaScript tasks: their queue and what they write to come from the environment."""

import os
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

app = Celery("conformance_beat", broker=os.environ["BEAT_BROKER"])
to_node = {"task": "conformance.work.record", "options": {"queue": os.environ["BEAT_QUEUE"]}}
ledger = os.environ["BEAT_LEDGER"]
app.conf.beat_schedule = {
    "interval": {**to_node, "schedule": 1.0, "args": (ledger, "interval")},
    # Due at once, as it was last sent an hour ago; due again within a minute.
    "crontab": {
        **to_node,
        "schedule": crontab(minute="*"),
        "args": (ledger, "crontab"),
        "last_run_at": app.now() - timedelta(hours=1),
    },
}
