"""Runs `celery` once for each line of its input: importing Celery takes longer than a command.

A line is the words of a command line as JSON; the answer is its exit code and what it printed.
"""

import json
import sys

import celery_reliable.contracts.serving  # noqa: F401  (`inspect contract`, which celery-js has too)
from celery.bin.celery import celery
from click.testing import CliRunner

for line in sys.stdin:
    result = CliRunner().invoke(celery, json.loads(line), auto_envvar_prefix="CELERY")
    print(json.dumps([result.exit_code, result.stdout, result.stderr]), flush=True)
