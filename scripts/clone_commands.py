"""The commands that change a clone, for `python3 -m scripts`: its name, its parts, its versions."""

import argparse
from typing import Any

from scripts import clone, packages, published, rename, replay, setup, strip, update, version
from scripts.console import Console
from scripts.interruption import Interruption


def add_to(commands: Any) -> None:
    """Adds the commands to a parser's."""
    command = commands.add_parser("rename", help="give this clone its own name")
    command.add_argument("--name", default="")
    command.add_argument("--keep", default="", help="parts that only the template's development needs")
    command.set_defaults(command=_rename)

    command = commands.add_parser("strip", help="remove a language")
    command.add_argument("--lang", default="")
    command.set_defaults(command=_strip)

    commands.add_parser("replay", help="repeat the choices of .template.json").set_defaults(command=_replay)

    command = commands.add_parser("update", help="merge a later version of the template")
    command.add_argument("--to", default="", help="a tag or commit of the template; the newest release")
    command.add_argument("--source", default="", help="the template's repository, if it is not recorded")
    command.set_defaults(command=_update)

    command = commands.add_parser(
        "use-published", help="depend on published packages instead of their source"
    )
    for package in ("celery-js", "celery-reliable"):
        command.add_argument(f"--{package}", default="", help="a version, or an archive's path")
    command.set_defaults(command=_use_published)

    commands.add_parser("packages", help="build both packages in dist/").set_defaults(command=_packages)

    command = commands.add_parser("version", help="give both packages their next version")
    command.add_argument("--to", default="")
    command.set_defaults(command=_version)

    commands.add_parser("test-clone", help="test rename and use-published in a copy").set_defaults(
        command=_test_clone
    )


def _rename(console: Console, _interruption: Interruption, options: argparse.Namespace) -> int:
    rename.run(console, options.name, options.keep)
    return 0


def _strip(console: Console, _interruption: Interruption, options: argparse.Namespace) -> int:
    strip.run(console, options.lang)
    return 0


def _replay(console: Console, _interruption: Interruption, _options: argparse.Namespace) -> int:
    replay.run(console)
    return 0


def _update(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    return update.run(console, interruption, options.to, options.source)


def _use_published(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    published.run(console, interruption, options.celery_js, options.celery_reliable)
    return 0


def _packages(console: Console, interruption: Interruption, _options: argparse.Namespace) -> int:
    setup.ensure(console, interruption)
    packages.run(console, interruption)
    return 0


def _version(console: Console, _interruption: Interruption, options: argparse.Namespace) -> int:
    version.run(console, options.to)
    return 0


def _test_clone(console: Console, interruption: Interruption, _options: argparse.Namespace) -> int:
    clone.run(console, interruption)
    return 0
