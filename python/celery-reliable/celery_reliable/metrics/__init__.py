"""What a worker shows at the setting ``worker_health_address``: health and Prometheus' figures.

Needs the package ``prometheus-client`` (``pip install 'celery-reliable[metrics]'``).
"""

from celery_reliable.metrics.serving import serve

__all__ = ["serve"]
