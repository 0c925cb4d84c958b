"""Serves a worker's health and Prometheus' metrics at its ``worker_health_address``.

Needs the package ``prometheus-client`` (``pip install 'celery-reliable[metrics]'``).
"""

from celery_reliable.metrics.serving import serve

__all__ = ["serve"]
