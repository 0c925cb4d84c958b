"""Each rule of Celery once, seen on a Python worker and on a Node worker; and what a Node worker adds."""
