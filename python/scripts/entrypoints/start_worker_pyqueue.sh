#!/bin/sh
# Starts the Python worker: takes the tasks of JOBS_PY_QUEUES until SIGTERM. More arguments go to `celery worker`.
# docs/settings.md explains the variables; py_workers/config.py checks them, JOBS_PY_CONCURRENCY among them.
set -eu

cd "$(dirname "$0")/../.."

# Celery's command line would prefer these names to our own settings, which the Node workers read too.
unset BROKER_URL RESULT_BACKEND LOADER CONFIG_MODULE
for name in $(env | sed -n 's/^\(CELERY_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done

# The virtual environment beside this project, else the one that is active (or a container's only one).
PATH="$PWD/.venv/bin:$PATH"

# Celery would take a space after a comma for the beginning of the next queue's name.
queues=$(printf %s "${JOBS_PY_QUEUES:-py-queue}" | tr -d '[:space:]')
level=$(printf %s "${JOBS_LOG_LEVEL:-info}" | tr -d '[:space:]')

# As a module, as no script can name an interpreter whose path has quotes. exec: the worker itself gets the signals of whoever stops it.
exec python -m celery -A py_workers.worker worker --queues "$queues" --loglevel "$level" --hostname "py@%h" "$@"
