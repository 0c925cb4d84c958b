"""Frameworks and libraries beside Celery: the recipes of docs/frameworks.md, a worker with each library."""
