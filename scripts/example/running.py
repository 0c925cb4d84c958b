"""`make example`: a server, both workers, a mail catcher and a web server, until Ctrl-C.

Runs in python/.venv as `-m scripts.example.running SERVER PORT`.
"""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scripts import broker, environment, languages, server, workers
from scripts.console import BOLD, Console
from scripts.example import single
from scripts.example.places import MAIL, RUN_DATA, WEB_NODE, WEB_PYTHON, WEB_PYTHON_VENV
from scripts.example.reviving import RevivingSupervisor
from scripts.foreground import own_foreground
from scripts.interruption import Interruption
from scripts.outcome import exit_code_of
from scripts.paths import ROOT
from scripts.up import Options, Up
from scripts.workers import Worker

# A training holds one of them for half a minute, and a prediction for one customer should not wait for it.
PYTHON_TASKS_AT_A_TIME = "4"
# Ctrl-C does not wait for a training: it goes back to its queue, and the next `make example` runs it.
STOPPING = {"JOBS_SOFT_SHUTDOWN_TIMEOUT_S": "5", "REMAP_SIGTERM": "SIGQUIT"}


def main() -> int:
    """Runs until a signal. Returns 0 after an orderly stop."""
    console = Console()
    interruption = Interruption().install()
    chosen, port = sys.argv[1:]
    with own_foreground():
        return exit_code_of(console, lambda: Example(console, interruption, chosen, port).run(_options()))


class Example(Up):
    """One run of `make example`."""

    _supervisor_type = RevivingSupervisor

    def __init__(self, console: Console, interruption: Interruption, chosen: str, port: str) -> None:
        super().__init__(console, interruption)
        self._chosen = chosen
        self._port = port

    def run(self, options: Options) -> int:
        """Serves until a signal. Raises CommandFailed also when another `make example` runs."""
        with single.lock(RUN_DATA):
            return super().run(options)

    def _data_folder(self, _port: int) -> Path:
        """The queue belongs to the records of jobs, so the next run has both, whatever its ports."""
        return RUN_DATA / "valkey"

    @property
    def _url(self) -> str:
        return f"http://{server.HOST}:{self._port}"

    def _programs(self, options: Options) -> list[Worker]:
        super()._programs(options)
        smtp, mailbox = server.free_port(), server.free_port()
        files = RUN_DATA / "files"
        files.mkdir(parents=True, exist_ok=True)
        shared = {"JOBS_FILES_DIR": str(files), "JOBS_SMTP_URL": f"smtp://{server.HOST}:{smtp}"}
        both = [
            _with(worker, shared | (STOPPING if worker.language is languages.PYTHON else {}))
            for worker in workers.in_this_clone()
        ]
        mail = _program("mail catcher", ["node", "main.js"], MAIL, "mail catcher:")
        web = _web_node() if self._chosen == "node" else _web_python()
        addresses = {"WEB_PORT": self._port, "MAILBOX_URL": f"http://{server.HOST}:{mailbox}"}
        return [
            *(_with(worker, {"JOBS_PY_CONCURRENCY": PYTHON_TASKS_AT_A_TIME}) for worker in both),
            _with(mail, {"MAIL_SMTP_PORT": str(smtp), "MAIL_HTTP_PORT": str(mailbox)}),
            _with(web, {**shared, **addresses, "WEB_SECRET": _secret(RUN_DATA / "secret")}),
        ]

    def _announce(self, _variables: Mapping[str, str]) -> None:
        say = self._console.line
        say(self._console.paint(f"The example is at {self._url}. Ctrl-C stops all of it.", BOLD))
        say("Workers restart when their files change. What you make stays in .data/example.")


def _options() -> Options:
    """Uses the usual port of the queue's server if it is free, as clients expect it there."""
    if broker.choose().broker:
        return Options()
    free = server.is_port_free(broker.DEFAULT_PORT)
    return Options(port=str(broker.DEFAULT_PORT if free else server.free_port()))


def _with(worker: Worker, variables: Mapping[str, str]) -> Worker:
    return replace(worker, variables={**worker.variables, **variables})


def _program(name: str, command: list[str], cwd: Path, ready: str) -> Worker:
    return Worker(
        name=name,
        language=languages.NODE,
        queues="",
        command=command,
        cwd=cwd,
        env_file=environment.NODE_ONLY,
        says_ready=lambda line: line.startswith(ready),
    )


def _web_node() -> Worker:
    return _program("web server", ["node", "server.js"], WEB_NODE, "web server:")


def _web_python() -> Worker:
    command = [str(WEB_PYTHON_VENV / "bin" / "python"), "server.py"]
    program = _program("web server", command, WEB_PYTHON, "web server:")
    return _with(program, {"PYTHONPATH": str(ROOT / "clients" / "python")})


def _secret(file: Path) -> str:
    """Returns the secret that signs sessions; it stays, so that browsers keep theirs."""
    # An empty one, from a full disk, would sign nothing.
    if not file.exists() or not file.read_text():
        unfinished = file.with_name(f"{file.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_hex())
        unfinished.replace(file)
    return file.read_text()


if __name__ == "__main__":
    sys.exit(main())
