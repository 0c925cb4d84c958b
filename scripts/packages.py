"""`make packages`: builds the npm archive of celery-js and the wheel of celery-reliable, in dist/."""

import os
import shutil

from scripts import poetry
from scripts.console import Console
from scripts.interruption import Interruption
from scripts.paths import ROOT
from scripts.processes import ProcessGroup
from scripts.published_edits import CELERY_JS, CELERY_RELIABLE
from scripts.steps import Track, Workbench, run_program, run_tracks

DIST = ROOT / "dist"


def run(console: Console, interruption: Interruption) -> None:
    """Empties dist/, builds the packages whose source is here, and lists their files.

    Raises CommandFailed when npm or Poetry fails, Interrupted on a signal.
    """
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    with ProcessGroup(interruption) as group:
        bench = Workbench(console, group, interruption)
        tracks = {CELERY_JS: _npm_archive, CELERY_RELIABLE: _wheel}
        run_tracks(bench, [track(bench) for package, track in tracks.items() if package.source.exists()])
    for file in sorted(DIST.iterdir()):
        console.line(f"{file.relative_to(ROOT)}")


def _npm_archive(bench: Workbench) -> Track:
    command = ["npm", "pack", "--pack-destination", str(DIST)]
    yield from run_program(bench, CELERY_JS.name, "npm pack", command, cwd=CELERY_JS.source, env=os.environ)


def _wheel(bench: Workbench) -> Track:
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    command = [*program, "build", "--format", "wheel", "--output", str(DIST)]
    yield from run_program(
        bench, CELERY_RELIABLE.name, "poetry build", command, cwd=CELERY_RELIABLE.source, env=env
    )
