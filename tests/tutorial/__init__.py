"""What a reader of a Celery tutorial types into a copy of this repository, typed."""
