#!/bin/sh
# Starts Flower, which shows workers and tasks in a browser and can stop them, until SIGTERM. Users log in as FLOWER_USER (admin)
# with FLOWER_PASSWORD. Arguments go to `celery flower`. docs/monitoring.md explains the variables.
set -eu
. "$(dirname "$0")/environment.sh"

if [ -z "${FLOWER_PASSWORD:-}" ]; then
    echo "FLOWER_PASSWORD is not set. Flower can revoke tasks and stop workers, so it needs a password." >&2
    exit 1
fi

# Flower separates logins by commas and compares ASCII only.
if printf %s "${FLOWER_USER:-}$FLOWER_PASSWORD" | LC_ALL=C grep -q -e , -e '[^ -~]'; then
    echo "FLOWER_USER or FLOWER_PASSWORD contains a comma or a non-ASCII character. Choose one without." >&2
    exit 1
fi

# In Kubernetes, a service called "flower" sets this to an address; Flower would read it as its port.
case "${FLOWER_PORT:-}" in tcp:*) unset FLOWER_PORT ;; esac

# Every user of the machine can read a process's arguments, so the password goes into the environment.
export FLOWER_BASIC_AUTH="${FLOWER_USER:-admin}:$FLOWER_PASSWORD"
export FLOWER_ADDRESS="${FLOWER_ADDRESS:-127.0.0.1}"
unset FLOWER_PASSWORD FLOWER_USER

# `python -m`, as a script's first line cannot name a path with quotes. `exec`, so that signals reach Flower.
exec python -m celery -A py_workers.worker:monitor_app flower "$@"
