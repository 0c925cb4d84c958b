"""Helpers for tests of tasks: eager without a server, or with a real server and real workers.

pytest has them as the fixtures ``eager_app``, ``live_server`` and ``live_worker`` (``celery_reliable.testing.plugin``).
celery-js has the same for Node, as ``celery-js/testing``.
"""

from celery_reliable.testing.connected import connected
from celery_reliable.testing.eager import EagerApp, eager
from celery_reliable.testing.server import live_server
from celery_reliable.testing.worker import LiveWorker, live_worker

__all__ = ["EagerApp", "LiveWorker", "connected", "eager", "live_server", "live_worker"]
