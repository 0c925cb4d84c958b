"""The Celery app of the Python workers.

``celery -A py_workers.worker worker`` starts a worker. Task modules import ``celery_app`` from here and
decorate their functions with ``@celery_app.task``.
"""

import celery_reliable
import celery_reliable.contracts.serving
import celery_reliable.metrics
from celery_reliable.beat import refuse_empty_schedule
from celery_reliable.discovery import discover_tasks
from celery_reliable.logs import use_log_format
from celery_reliable.monitor import Monitor
from celery_reliable.telemetry import use_telemetry
from celery_reliable.typed import Celery

from py_workers.config import Variables, celery_settings, delivery_options

celery_app = Celery("py_workers")
celery_app.config_from_object(celery_settings())
if (delivery := delivery_options()) is not None:
    celery_reliable.install(celery_app, **delivery)
use_log_format(celery_app, Variables.read().log_format)
use_telemetry(celery_app)
celery_reliable.metrics.serve(celery_app)
discover_tasks(celery_app, "py_workers.tasks")
refuse_empty_schedule(celery_app, "set JOBS_PY_SCHEDULE=on to send the tasks in py_workers/schedule.py")

# For Flower: ``celery -A py_workers.worker:monitor_app flower``.
monitor_app = Monitor("monitor")
monitor_app.config_from_object(celery_settings())
