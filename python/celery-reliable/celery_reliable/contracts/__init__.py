"""Describes the parameters and results of an app's tasks, from their type hints.

``python -m celery_reliable.contracts APP`` prints it as JSON; `docs/contracts.md` of the template explains
the catalogue that is made from it. Needs pydantic (the extra ``environment`` installs it).
"""
