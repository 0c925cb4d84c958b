"""`make test-clone`: does with copies of this folder what companies do with clones, and removes the copies.

It renames a copy, runs the demo with the packages' source, and adds a library to each language. Then it
renames the copy again, replaces the source by archives, and runs the demo and both clients. From other
copies it removes a part, and runs what is left. The copies are outside this folder, because Node looks for
packages in all folders above a file and must not find ours.
"""

import os
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scripts import languages, poetry, server, template
from scripts.console import BOLD, Console
from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from scripts.environment import server_variables
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import NODE_PROJECT, ROOT
from scripts.processes import Process, ProcessGroup
from scripts.published_edits import CELERY_JS, CELERY_RELIABLE, Package
from scripts.steps import Track, Workbench, run_tracks

CONSUMING = "Both workers are consuming"
CONSUMING_WITHIN_S = 60.0
STOPS_WITHIN_S = 30.0
NAMES = ("acme_jobs", "acme_background")

# Variables that would influence the copy's make, workers or clients.
_FOREIGN = ("JOBS_", "CELERY_", "REDIS_URL", "PORT", "MAKE", "MFLAGS")


def run(console: Console, interruption: Interruption) -> None:
    """Runs all steps. Raises CommandFailed at the first one that fails."""
    since = time.monotonic()
    kinds: list[Callable[[Clone], None]] = [
        _rename_and_publish,
        *(partial(_strip, language) for language in _removable()),
        _remove_example,
    ]
    for kind in kinds:
        folder = Path(tempfile.mkdtemp(prefix="jobs-clone-")).resolve()
        try:
            with ProcessGroup(interruption) as group:
                kind(Clone(Workbench(console, group, interruption), folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    console.line(console.paint(f"A clone works. This took {time.monotonic() - since:.0f} s.", BOLD))


def _rename_and_publish(clone: "Clone") -> None:
    archives = [f"{package.variable}={archive}" for package, archive in clone.pack().items()]
    clone.make("rename", f"NAME={NAMES[0]}")
    clone.make("demo")
    clone.add_libraries()
    clone.make("rename", f"NAME={NAMES[1]}")
    clone.make("use-published", *archives)
    clone.make("demo")
    clone.check_independence()
    clone.run_clients()


def _strip(language: str, clone: "Clone") -> None:
    clone.make("strip", f"lang={language}")
    for target in ("demo", "lint", "test"):
        clone.make(target)


def _remove_example(clone: "Clone") -> None:
    clone.make("remove-example")
    for target in ("demo", "lint", "py-test", "js-test"):
        clone.make(target)


def _removable() -> tuple[str, ...]:
    return languages.PRESENT if len(languages.PRESENT) > 1 else ()


class Clone:
    """A copy of the template's files, without anything that set-up and runs have created."""

    def __init__(self, bench: Workbench, folder: Path) -> None:
        self._bench = bench
        self._folder = folder
        self._root = folder / "clone"
        self._env = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self._say(f"copy the template to {self._root}")
        template.copy_to(self._root)
        run_tracks(bench, [self._lend_poetry()])

    def make(self, target: str, *variables: str) -> None:
        """Runs a target and shows its output. Raises CommandFailed when it fails."""
        self._say(f"make {target} {' '.join(variables)}".rstrip())
        self._finish(self._start("make", "--no-print-directory", target, *variables))

    def add_libraries(self) -> None:
        """Adds a library to each language. Raises CommandFailed when a lock file then names a server."""
        self.make("py-add", "PKG=humanize>=4,<5")
        self.make("js-add", "PKG=ms@^2.1.0")
        for lock in ("python/poetry.lock", "node/package-lock.json"):
            text = (self._root / lock).read_text("utf-8")
            if "humanize" not in text and '"ms"' not in text:
                raise CommandFailed(f"the added library is not in {lock}")
            # The hosts of funding links are not registries.
            if re.search(r'"resolved": "http|^url = "http', text, re.MULTILINE):
                raise CommandFailed(f"{lock} names the server of a package")

    def packages(self) -> list[Package]:
        """Returns the packages that the copy depends on and whose source it contains."""
        both = [package for package in (CELERY_JS, CELERY_RELIABLE) if self._source(package).exists()]
        return [package for package in both if package.is_used(self._source(package).parent)]

    def pack(self) -> dict[Package, Path]:
        """Builds the archives that would be published, and returns their paths."""
        self._say("build the packages")
        self._finish(self._start(sys.executable, "-m", "scripts", "packages"))
        archives = {}
        for package in self.packages():
            (built,) = (self._root / "dist").glob(f"*{package.suffix}")
            # Next to the copy: the paths stay when the copy is renamed and cleaned.
            archives[package] = built.rename(self._folder / built.name)
        return archives

    def check_independence(self) -> None:
        """Raises CommandFailed when a package's source is still there, or Node would still use it."""
        left = [str(self._source(package)) for package in self.packages()]
        installed = self._root / NODE_PROJECT.name / "node_modules" / CELERY_JS.name
        if left or installed.is_symlink() or not installed.is_dir():
            raise CommandFailed(f"the clone still uses the source: {' '.join(left) or installed}")

    def run_clients(self) -> None:
        """Runs both clients against `make up`. Raises CommandFailed when a line is missing."""
        port = server.free_port()
        self._say(f"make up PORT={port}, make py-client, make js-client")
        log = self._folder / "up.log"
        up = self._start(sys.executable, "-m", "scripts", "up", str(port), log=log)
        self._wait_for(up, CONSUMING)
        self._env |= server_variables(server.url(port))
        for target, lines in (("py-client", PYTHON_CLIENT_LINES), ("js-client", JS_CLIENT_LINES)):
            client = self._start("make", "--no-print-directory", target, log=self._folder / f"{target}.log")
            self._finish(client)
            for line in lines:
                self._wait_for(client, line)
                self._bench.console.line(line)
        self._bench.group.stop([up], STOPS_WITHIN_S)

    def _lend_poetry(self) -> Track:
        """Puts the Poetry of this folder on the copy's PATH, so that the copy installs none.

        A separate script, because Poetry's folder also contains the Python of its virtual environment.
        """
        env = poetry.environment()
        program = yield from poetry.find_or_install(self._bench, env)
        tools = self._folder / "bin"
        tools.mkdir()
        script = tools / "poetry"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(program)} "$@"\n', "utf-8")
        script.chmod(0o755)
        self._env["PATH"] = f"{tools}{os.pathsep}{self._env['PATH']}"
        if poetry.INDEX_VARIABLE in env:
            self._env[poetry.INDEX_VARIABLE] = env[poetry.INDEX_VARIABLE]

    def _source(self, package: Package) -> Path:
        return self._root / package.source.relative_to(ROOT)

    def _say(self, what: str) -> None:
        self._bench.console.line(self._bench.console.paint(f"== {what}", BOLD))

    def _start(self, *command: str | Path, cwd: Path | None = None, log: Path | None = None) -> Process:
        name = " ".join(str(part) for part in command)
        return self._bench.group.start(name, command, cwd=cwd or self._root, env=self._env, log=log)

    def _finish(self, process: Process) -> None:
        while process.exit_code is None:
            self._bench.interruption.sleep()
        if process.exit_code != 0:
            sentence = f"`{process.name}` ended with {process.exit_code} in a copy of the template"
            raise CommandFailed(sentence, process.log_excerpt())

    def _wait_for(self, process: Process, text: str) -> None:
        assert process.log is not None
        deadline = time.monotonic() + CONSUMING_WITHIN_S
        while text not in process.log.read_text("utf-8", "replace"):
            if process.exit_code is not None or time.monotonic() > deadline:
                raise CommandFailed(f"`{process.name}` did not print {text!r}", process.log_excerpt())
            self._bench.interruption.sleep()
