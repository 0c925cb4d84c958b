"""Scenarios for Celery's rules, run against Python and Node workers, and for the Node worker's additions."""
