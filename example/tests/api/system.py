"""The whole application for tests: a server, workers, the mail catcher, and both web servers."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts import server
from scripts.example.places import MAIL, WEB_NODE, WEB_PYTHON, WEB_PYTHON_VENV
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT

STARTS_WITHIN_S = 60.0
WORKERS = ("python worker", "node worker")
COMMANDS = {
    "node": (WEB_NODE, ["node", "server.js"]),
    "python": (WEB_PYTHON, [str(WEB_PYTHON_VENV / "bin" / "python"), "server.py"]),
}


def wait_until(condition: Callable[[], object], what: str, within_s: float = 30.0) -> None:
    """Wait until a condition is true. Raises AssertionError, with what was awaited, at the deadline."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s:g} s: {what}")
        time.sleep(0.02)


class Program:
    """A program whose output goes to a file."""

    def __init__(self, name: str, command: list[str], cwd: Path, env: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("w") as output:
            self._process = subprocess.Popen(
                command, cwd=cwd, env=env, stdout=output, stderr=output, start_new_session=True
            )

    def found(self, pattern: str, within_s: float = STARTS_WITHIN_S) -> re.Match[str]:
        """Wait for a line that matches, and return the match."""

        def is_over() -> bool:
            return self._search(pattern) is not None or self._process.poll() is not None

        wait_until(is_over, f"{self.name} prints {pattern}", within_s)
        found = self._search(pattern)
        assert found, f"{self.name} ended:\n{self.log.read_text()}"
        return found

    def _search(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.log.read_text("utf-8", "replace"))

    def stop(self, within_s: float = 20) -> int:
        """Stop it as an operator does; return its exit code."""
        self._process.terminate()
        return self._process.wait(within_s)

    def signal(self, number: int) -> None:
        """Send a signal to it alone."""
        self._process.send_signal(number)

    def interrupt(self) -> None:
        """Stop it as Ctrl-C does, which a terminal sends to its whole group."""
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(20)

    def kill(self) -> None:
        """Kill it and the processes that it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class System:
    """The processes, and the folder that they share."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "shared files"
        self._folder = folder
        self._port = server.free_port()
        self._programs: dict[str, Program] = {}
        self.urls: dict[str, str] = {}
        neutral = {
            name: value for name, value in os.environ.items() if not name.startswith(("JOBS_", "CELERY_"))
        }
        url = server.url(self._port)
        self._env = neutral | {
            "JOBS_BROKER_URL": url,
            "JOBS_RESULT_BACKEND": url,
            "JOBS_FILES_DIR": str(self.files),
            "JOBS_PY_CONCURRENCY": "2",
            "PYTHONPATH": str(ROOT / "clients" / "python"),
            "WEB_SECRET": "secret of the tests",
            # Any free ones: a port that was found free may be taken when the program starts.
            "MAIL_SMTP_PORT": "0",
            "MAIL_HTTP_PORT": "0",
        }

    def start(self) -> None:
        """Start all of it."""
        self.files.mkdir(parents=True)
        self.start_broker()
        mail = self._start("mail", ["node", "main.js"], MAIL).found(r"mail catcher: smtp (\S+), http (\S+)")
        self._env |= {"JOBS_SMTP_URL": f"smtp://{mail[1]}", "MAILBOX_URL": f"http://{mail[2]}"}
        self._start_workers()
        for kind in COMMANDS:
            self.start_web(kind)
        self._found_workers()

    def start_python_worker(self) -> Program:
        """Start the worker of the Python tasks."""
        worker = str(PYTHON_PROJECT / "scripts" / "entrypoints" / "start_worker_pyqueue.sh")
        return self._start("python worker", [worker, "--without-mingle"], PYTHON_PROJECT)

    def stop_python_worker(self) -> None:
        """Stop it."""
        self._programs["python worker"].stop()

    @contextmanager
    def without_workers(self) -> Iterator[None]:
        """Stop the workers of both languages for a while."""
        for name in WORKERS:
            self._programs[name].stop()
        try:
            yield
        finally:
            self._start_workers()
            self._found_workers()

    def prints(self, name: str, pattern: str) -> None:
        """Wait for a line of a program's output."""
        self._programs[name].found(pattern)

    def _start_workers(self) -> None:
        self.start_python_worker()
        self._start("node worker", ["node", "js_workers/worker.js"], NODE_PROJECT)

    def _found_workers(self) -> None:
        for name in WORKERS:
            self.prints(name, r"ready\.")

    def start_broker(self) -> None:
        """Start the broker with its earlier data."""
        data = self._folder / "valkey"
        data.mkdir(exist_ok=True)
        self._start("valkey", server.arguments(self._port, data), data).found("Ready to accept connections")

    def stop_broker(self) -> None:
        """Stop the broker."""
        self._programs["valkey"].stop()

    def pause_broker(self) -> None:
        """Freeze the broker: it accepts connections and answers nothing."""
        self._programs["valkey"].signal(signal.SIGSTOP)

    def resume_broker(self) -> None:
        """Unfreeze the broker."""
        self._programs["valkey"].signal(signal.SIGCONT)

    def start_web(self, kind: str, **variables: str) -> None:
        """Start a web server, on the port that it had before."""
        port = self.urls[kind].rpartition(":")[2] if kind in self.urls else "0"
        cwd, command = COMMANDS[kind]
        started = self._start(kind, command, cwd, WEB_PORT=port, **variables)
        self.urls[kind] = started.found(r"web server: (http\S+)\n")[1]

    def stop_web(self, kind: str, within_s: float = 20) -> int:
        """Stop a web server as an operator does; return its exit code."""
        return self._programs[kind].stop(within_s)

    def kill_web(self, kind: str) -> None:
        """Kill a web server, as a machine that fails does."""
        self._programs[kind].kill()

    @staticmethod
    def other_kind(kind: str) -> str:
        """The other web server."""
        [other] = [each for each in COMMANDS if each != kind]
        return other

    def other_url(self, kind: str) -> str:
        """The address of the other web server."""
        return self.urls[self.other_kind(kind)]

    @property
    def smtp(self) -> tuple[str, int]:
        """Where the mail catcher takes mails."""
        url = urlsplit(self._env["JOBS_SMTP_URL"])
        return str(url.hostname), int(url.port or 0)

    def record(self, job: Any) -> Any:
        """The record of a job that the web servers share."""
        [file] = self.files.glob(f"web/*/{job['id']}.json")
        return json.loads(file.read_text("utf-8"))

    def state_of(self, task_id: str) -> str:
        """The stored state of a task."""
        stored = self.redis("GET", f"celery-task-meta-{task_id}")
        return str(json.loads(stored)["status"]) if stored != "None" else "PENDING"

    def store_state(self, task_id: str, text: str) -> None:
        """Store and publish a task's state, as a worker does."""
        for command in ("SET", "PUBLISH"):
            self.redis(command, f"celery-task-meta-{task_id}", text)

    def redis(self, *words: str) -> str:
        """Run a command on the broker and return its answer."""
        import redis

        client = redis.Redis(port=self._port, decode_responses=True)
        return str(client.execute_command(*words))  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """End all of it."""
        for program in self._programs.values():
            program.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, name: str, command: list[str], cwd: Path, **variables: str) -> Program:
        path = f"{PYTHON_PROJECT / '.venv' / 'bin'}{os.pathsep}{self._env['PATH']}"
        env = self._env | {"PATH": path} | variables
        log = self._folder / f"{name.replace(' ', '-')}.log"
        self._programs[name] = Program(name, command, cwd, env, log)
        return self._programs[name]
