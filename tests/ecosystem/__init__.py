"""Frameworks, and libraries for Celery: the recipes of docs/frameworks.md, a worker with each library."""
