"""The commands that run the example clients, for the user to type."""

import shlex
from collections.abc import Mapping

from scripts import broker, languages


def commands(server: Mapping[str, str]) -> list[str]:
    """Returns the lines that tell the user how to run the clients with a server.

    The clients read no files and know only the default server, so other servers are in the lines.
    """
    variables = ""
    if server != broker.DEFAULT_SERVER:
        shown = {name: broker.without_password(url) for name, url in server.items()}
        variables = "".join(f"{name}={shlex.quote(url)} " for name, url in shown.items())
    lines = {
        languages.NODE: f"  (cd node && {variables}node js_workers/client_example.js)",
        languages.PYTHON: f"  (cd python && {variables}.venv/bin/python -m py_workers.client_example)",
    }
    return [
        "From another terminal:",
        *(line for language, line in lines.items() if language in languages.PRESENT),
    ]
