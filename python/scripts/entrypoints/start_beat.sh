#!/bin/sh
# Sends the tasks of py_workers/schedule.py when they are due, until SIGTERM. Exactly one may run: each sends everything.
# Arguments go to `celery beat`. docs/settings.md explains the variables.
set -eu

cd "$(dirname "$0")/../.."

# Celery's command line would prefer these names to our own settings, which the workers read too.
unset BROKER_URL RESULT_BACKEND LOADER CONFIG_MODULE
for name in $(env | sed -n 's/^\(CELERY_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done

# The virtual environment beside this project, else the one that is active (or a container's only one).
PATH="$PWD/.venv/bin:$PATH"

level=$(printf %s "${JOBS_LOG_LEVEL:-info}" | tr -d '[:space:]')

# As a module, as no script can name an interpreter whose path has quotes. exec: beat itself gets the signals of whoever stops it.
exec python -m celery -A py_workers.worker beat --loglevel "$level" "$@"
