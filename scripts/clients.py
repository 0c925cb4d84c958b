"""How the example clients are run from another terminal, as a command tells its user."""

import shlex
from collections.abc import Mapping

from scripts import broker


def commands(server: Mapping[str, str]) -> list[str]:
    """Returns the lines to print for a server: those that start the clients of both languages.

    They read no files, and know the default server.
    """
    variables = ""
    if server != broker.DEFAULT_SERVER:
        shown = {name: broker.without_password(url) for name, url in server.items()}
        variables = "".join(f"{name}={shlex.quote(url)} " for name, url in shown.items())
    return [
        "From another terminal:",
        f"  (cd node && {variables}node js_workers/client_example.js)",
        f"  (cd python && {variables}.venv/bin/python -m py_workers.client_example)",
    ]
