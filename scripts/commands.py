"""The commands of `python3 -m scripts`, one for each make target that needs more than one program."""

import argparse
import json
import os
import shlex
from collections.abc import Callable, Sequence

from scripts import (
    broker,
    checks,
    clean,
    clone_commands,
    containers,
    demo,
    environment,
    installed,
    new_task,
    ports,
    server,
    setup,
    switches,
)
from scripts.console import Console
from scripts.contracts import command as contracts
from scripts.example import command as example
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.outcome import exit_code_of
from scripts.paths import ROOT, VENV_PYTHON

Command = Callable[[Console, Interruption, argparse.Namespace], int]


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    console = Console()
    interruption = Interruption().install()
    return exit_code_of(console, lambda: command(console, interruption, options))


def _setup(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    if not setup.ensure(console, interruption, options.parts.split(",")) and not options.quiet:
        console.note("set-up", "up to date")
    return 0


def _add(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    target, example = ("py-add", "pandas>=2") if options.language == "python" else ("js-add", "sharp@^0.34")
    usage = f'make {target} PKG="{example}"'
    try:
        words = shlex.split(options.package)
    except ValueError:
        raise CommandFailed(f"a quote in PKG={options.package} is not closed: {usage}") from None
    if not words:
        raise CommandFailed(f"PKG= is missing: {usage}")
    setup.ensure(console, interruption, [options.language])
    setup.add(console, interruption, options.language, words)
    return 0


def _lock(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    setup.lock(console, interruption, options.language)
    return 0


def _demo(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    _check_servers(options)
    setup.ensure(console, interruption)
    demo.run(console, interruption, options.broker, options.results)
    return 0


def _up(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    """Continues in the virtual environment, which contains honcho for the logs."""
    _check_servers(options)
    if options.port:
        ports.number(options.port)
    setup.ensure(console, interruption)
    os.chdir(ROOT)
    interruption.hand_over()
    values = [options.port, options.monitor, options.watch, options.debug, options.broker, options.results]
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "scripts.up", *values])


def _with_settings(_console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    """Replaces this process by a program in a language's folder, with the user's settings and configmaps/."""
    own = environment.OWN_FILES[options.language]
    choice = broker.choose()
    embedded = server.url(broker.DEFAULT_PORT)
    env = environment.for_workers(choice.variables(embedded), own)
    os.chdir(environment.PROJECTS[options.language])
    interruption.uninstall()
    os.execvpe(options.words[0], options.words, env)


def _workers_up(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    servers = installed.wanted(options.broker, options.results)
    numbers = (options.py_workers, options.js_workers)
    containers.up(console, interruption, options.port, *numbers, options.monitor, servers)
    return 0


def _settings(console: Console, _interruption: Interruption, options: argparse.Namespace) -> int:
    console.line(json.dumps(environment.files(environment.OWN_FILES[options.language])))
    return 0


def _workers_down(console: Console, interruption: Interruption, _options: argparse.Namespace) -> int:
    containers.down(console, interruption)
    return 0


def _checks(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    setup.ensure(console, interruption, checks.PARTS.get(options.table, setup.DEFAULT_PARTS))
    return checks.run(
        console,
        interruption,
        [check for check in checks.TABLES[options.table]() if options.only in check.name],
    )


def _server_path(console: Console, _interruption: Interruption, _options: argparse.Namespace) -> int:
    console.line(str(server.binary()))
    return 0


def _new_task(console: Console, _interruption: Interruption, options: argparse.Namespace) -> int:
    new_task.run(console, options.lang, options.team, options.name)
    return 0


def _contracts(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    check = switches.is_on("CHECK", options.check, "compare the files instead of writing them")
    strict = switches.is_on("STRICT", options.strict, "refuse missing types")
    setup.ensure(console, interruption)
    contracts.run(console, check=check, strict=strict, compared_with=options.base)
    return 0


def _clean(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    clean.run(console, interruption, options.force)
    return 0


def _check_servers(options: argparse.Namespace) -> None:
    """Raises CommandFailed for wrong servers, before the minutes that the first set-up takes."""
    broker.choose(installed.wanted(options.broker, options.results))


def _add_servers(command: argparse.ArgumentParser) -> None:
    command.add_argument("--broker", default="", help="redis, or rabbitmq for the tasks")
    command.add_argument("--results", default="", help="redis, or postgres for the results")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m scripts", description="The programs behind `make`.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("setup", help="install what is missing")
    command.add_argument(
        "--parts", default=",".join(setup.DEFAULT_PARTS), help="some of " + ", ".join(setup.PARTS)
    )
    command.add_argument("--quiet", action="store_true", help="print nothing when everything is installed")
    command.set_defaults(command=_setup)

    command = commands.add_parser("add", help="add libraries to a language's project")
    command.add_argument("language", choices=environment.OWN_FILES)
    command.add_argument("--package", default="", help="the arguments of `poetry add` or `npm install`")
    command.set_defaults(command=_add)

    command = commands.add_parser("lock", help="update a language's lock file")
    command.add_argument("language", choices=environment.OWN_FILES)
    command.set_defaults(command=_lock)

    command = commands.add_parser("demo", help="run both workers and both clients once")
    _add_servers(command)
    command.set_defaults(command=_demo)

    command = commands.add_parser("up", help="run server and workers until Ctrl-C")
    command.add_argument("port", nargs="?", default="", help="the embedded server's port")
    command.add_argument("--monitor", default="", help="1 to start Flower too")
    command.add_argument("--watch", default="", help="0 to keep workers running when their files change")
    command.add_argument("--debug", default="", help="1 to let debuggers connect to the workers")
    _add_servers(command)
    command.set_defaults(command=_up)

    command = commands.add_parser("with-settings", help="run a program with the settings of configmaps/")
    command.add_argument("language", choices=environment.OWN_FILES)
    command.add_argument("words", nargs=argparse.REMAINDER, help="the program and its arguments")
    command.set_defaults(command=_with_settings)

    command = commands.add_parser("settings", help="print the settings of configmaps/ as JSON")
    command.add_argument("language", choices=environment.OWN_FILES)
    command.set_defaults(command=_settings)

    command = commands.add_parser("workers-up", help="build and run everything in containers")
    command.add_argument("--port", default="", help="the server's port on this machine")
    for language in ("py", "js"):
        command.add_argument(f"--{language}-workers", default="", help="the number of workers")
    command.add_argument("--monitor", default="", help="1 to start Flower too")
    _add_servers(command)
    command.set_defaults(command=_workers_up)

    command = commands.add_parser("workers-down", help="stop and remove the containers")
    command.set_defaults(command=_workers_down)

    for table in checks.TABLES:
        command = commands.add_parser(table, help=f"run the {table} checks")
        command.add_argument("--only", default="", help="only those whose name contains this")
        command.set_defaults(command=_checks, table=table)

    command = commands.add_parser("server-path", help="print the path of the embedded server's binary")
    command.set_defaults(command=_server_path)

    command = commands.add_parser("new-task", help="write a task module and its test")
    for variable in ("lang", "team", "name"):
        command.add_argument(f"--{variable}", default="")
    command.set_defaults(command=_new_task)

    command = commands.add_parser("contracts", help="write the catalogue of all tasks, and the clients")
    for variable in ("check", "strict", "base"):
        command.add_argument(f"--{variable}", default="")
    command.set_defaults(command=_contracts)

    clone_commands.add_to(commands)

    example.add_to(commands)

    command = commands.add_parser("clean", help="remove packages, data and logs")
    command.add_argument("--force", default="", help="1 to delete tasks without asking")
    command.set_defaults(command=_clean)
    return parser
