"""How the example clients are run from another terminal, as a command tells its user."""

from scripts import broker, server


def commands(url: str) -> list[str]:
    """Returns the lines to print for a server: those that start the clients of both languages."""
    variables = ""
    if url != server.url(broker.DEFAULT_PORT):
        shown = broker.without_password(url)
        variables = f"JOBS_BROKER_URL={shown} JOBS_RESULT_BACKEND={shown} "
    return [
        "From another terminal:",
        f"  (cd node && {variables}node js_workers/client_example.js)",
        f"  (cd python && {variables}.venv/bin/python -m py_workers.client_example)",
    ]
