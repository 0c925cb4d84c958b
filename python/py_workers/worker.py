"""The Celery app of the Python workers: wiring only.

``celery -A py_workers.worker worker`` starts a worker; a task module says
``from py_workers.worker import celery_app`` and decorates its functions with ``@celery_app.task``.
"""

import celery_reliable
from celery import Celery

from py_workers.config import celery_settings, delivery_options
from py_workers.discovery import discover_tasks

celery_app = Celery("py_workers")
celery_app.config_from_object(celery_settings())
if (delivery := delivery_options()) is not None:
    celery_reliable.install(celery_app, **delivery)
discover_tasks(celery_app, "py_workers.tasks")
