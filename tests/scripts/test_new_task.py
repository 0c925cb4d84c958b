"""Tasks that `make new-task` writes run, pass their tests and satisfy the linters."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.environment import server_variables
from scripts.paths import VENV_PYTHON
from tests.scripts.conftest import FakeProgram, Target
from tests.support.template import contents, installed_copy
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

GREETING = "Hello, Ada"
# Names that meet the generated code: its parameter, its variables, a word of one language only, the longest.
AWKWARD = ("who", "app", "name", "match", "add_2_customers", "recalculate_customer_segmentss")
LONGEST_TEAM = "eighteen_lettersss"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_copy(tmp_path_factory.mktemp("copies") / "clone with spaces")


@pytest.fixture
def clone(copy: Path) -> Iterator[Path]:
    """A copy to which the test may add files; the next test does not find them."""
    before = set(copy.rglob("*"))
    yield copy
    for path in sorted(set(copy.rglob("*")) - before, reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


@pytest.fixture
def own_clone(tmp_path: Path) -> Path:
    """A copy in which the test may change what is there."""
    return installed_copy(tmp_path / "clone with spaces")


def new_task(target: Target, clone: Path, lang: str, team: str, name: str) -> str:
    exit_code, output = target.run(
        "make", "new-task", f"lang={lang}", f"team={team}", f"name={name}", cwd=clone
    )
    assert exit_code == 0, output
    return output


def shell_commands(output: str) -> list[str]:
    """The two commands that were printed to be pasted into a terminal."""
    return re.findall(r"^\(cd .*?^END\n\)$", output, re.MULTILINE | re.DOTALL)


def test_both_languages_call_the_new_tasks_with_the_printed_commands(
    target: Target, clone: Path, valkey: ValkeyServer, workers: WorkerFactory
) -> None:
    outputs = [new_task(target, clone, lang, "refunds", "send_invoice") for lang in ("python", "node")]
    workers.python(cwd=clone / "python")
    workers.node(cwd=clone / "node")

    commands = [command for output in outputs for command in shell_commands(output)]
    answers = [target.run("sh", "-c", each, cwd=clone, env=server_variables(valkey.url)) for each in commands]

    assert answers == [(0, f"{GREETING}\n")] * 4
    assert all(
        "commit what it writes. `make up` reloads its workers. Call the task." in each for each in outputs
    )
    assert (
        "py_workers.tasks.refunds.send_invoice.send_invoice: the file's path, then the function" in outputs[0]
    )
    assert (
        "js_workers.tasks.refunds.send_invoice.sendInvoice: the file's path, then the function" in outputs[1]
    )


def test_self_of_a_new_python_task_is_typed(target: Target, clone: Path) -> None:
    new_task(target, clone, "python", "refunds", "send_invoice")
    module = clone / "python/py_workers/tasks/refunds/send_invoice.py"
    module.write_text(module.read_text().replace("self.update_state(", "self.update_stat("))

    exit_code, output = target.run(str(VENV_PYTHON), "-m", "mypy", str(module), cwd=clone / "python")

    assert exit_code == 1, output
    assert 'has no attribute "update_stat"' in output


@pytest.mark.timeout(300)
def test_what_is_written_passes_its_own_tests_and_every_linter(target: Target, own_clone: Path) -> None:
    clone = own_clone
    for name in AWKWARD:
        for lang in ("python", "node"):
            new_task(target, clone, lang, LONGEST_TEAM, name)
    folders = ("python/py_workers/tasks", "python/tests/tasks", "node/js_workers/tasks", "node/tests/tasks")
    for tasks in folders:
        for team in (clone / tasks).glob("*/"):  # others may need their own packages
            if team.is_dir() and team.name not in ("example", LONGEST_TEAM):
                shutil.rmtree(team)
    (clone / "node" / "tsconfig.tasks.json").write_text(
        '{"extends": "./tsconfig.json", "include": ["js_workers/tasks", "tests/tasks"]}'
    )
    ruff = str(VENV_PYTHON.with_name("ruff"))
    written = ("py_workers/tasks", "tests/tasks")
    in_python = (
        (str(VENV_PYTHON), "-m", "pytest", "tests/tasks"),
        (ruff, "check", *written),
        (ruff, "format", "--check", *written),
        (str(VENV_PYTHON), "-m", "mypy", *written),
    )
    # Each file by its name: Node 22 and later take no folder.
    node_tests = [str(file) for file in sorted((clone / "node/tests/tasks").rglob("*.test.js"))]
    in_node = (
        ("node", "--test", "--test-reporter", "tap", *node_tests),
        ("node_modules/.bin/biome", "check", "js_workers/tasks", "tests/tasks"),
        ("node_modules/.bin/tsc", "-p", "tsconfig.tasks.json"),
    )

    outputs = [
        _succeed(target, command, clone / project)
        for project, commands in (("python", in_python), ("node", in_node))
        for command in commands
    ]

    count = 3 * len(AWKWARD)
    assert f"{count} passed" in outputs[0]
    assert f"\n# pass {count}\n" in outputs[len(in_python)]


def typescript_task(target: Target, clone: Path, fake_program: FakeProgram, version: str) -> None:
    env = fake_program("node", f"echo {version}")
    call = ("make", "new-task", "lang=ts", "team=refunds", "name=pay")

    exit_code, output = target.run(*call, cwd=clone, env=env)

    assert exit_code == 0, output
    assert "js_workers.tasks.refunds.pay.pay: the file's path, then the function" in output


@pytest.mark.parametrize("version", ["v22.18.0", "v23.6.0"])
def test_a_typescript_task_is_written_where_node_runs_it(
    target: Target, clone: Path, fake_program: FakeProgram, version: str
) -> None:
    typescript_task(target, clone, fake_program, version)

    assert (clone / "node/js_workers/tasks/refunds/pay.ts").exists()
    assert (clone / "node/tests/tasks/refunds/pay.test.ts").exists()


def test_a_typescript_task_passes_every_linter(
    target: Target, clone: Path, fake_program: FakeProgram
) -> None:
    typescript_task(target, clone, fake_program, "v24.0.0")

    tasks = ("js_workers/tasks/refunds/pay.ts", "tests/tasks/refunds/pay.test.ts")
    _succeed(target, ("node_modules/.bin/biome", "check", *tasks), clone / "node")
    config = {"extends": "./tsconfig.json", "include": tasks}
    (clone / "node" / "tsconfig.tasks.json").write_text(json.dumps(config))
    _succeed(target, ("node_modules/.bin/tsc", "-p", "tsconfig.tasks.json"), clone / "node")


@pytest.mark.parametrize("version", ["v20.20.2", "v22.17.1", "v23.5.0"])
def test_a_typescript_task_is_refused_where_node_does_not_run_it(
    target: Target, clone: Path, fake_program: FakeProgram, version: str
) -> None:
    before = contents(clone)
    env = fake_program("node", f"echo {version}")

    exit_code, output = target.run(
        "make", "new-task", "lang=ts", "team=refunds", "name=pay", cwd=clone, env=env
    )

    assert exit_code != 0
    assert output.splitlines()[0] == (
        "error: Node.js 22.18 or newer is needed for tasks in TypeScript, but the `node` on PATH is "
        f"{version}: use a newer one, as the workers' image does, or lang=node"
    )
    assert contents(clone) == before


def _succeed(target: Target, command: tuple[str, ...], cwd: Path) -> str:
    exit_code, output = target.run(*command, cwd=cwd)
    assert exit_code == 0, f"{command}\n{output}"
    return output


def test_the_queue_is_the_one_that_the_routes_say(target: Target, own_clone: Path) -> None:
    clone = own_clone
    shared = clone / "configmaps" / "shared.env"
    routes = "JOBS_TASK_ROUTES=py_workers.tasks.refunds.*=money,py_workers.*=py-queue"
    shared.write_text(re.sub(r"^JOBS_TASK_ROUTES=.*$", routes, shared.read_text(), flags=re.MULTILINE))

    assert "Its queue is money, from JOBS_TASK_ROUTES." in new_task(target, clone, "python", "refunds", "pay")
    assert "Its queue is py-queue, from JOBS_TASK_ROUTES." in new_task(
        target, clone, "node", "refunds", "pay"
    )


@pytest.mark.parametrize(
    ("lang", "there"),
    [
        ("python", "python/py_workers/tasks/refunds/send_invoice.py"),
        ("python", "python/tests/tasks/refunds/test_send_invoice.py"),
        ("python", "python/py_workers/tasks/refunds/send_invoice/mail.py"),
        ("python", "python/py_workers/tasks/refunds.py"),
        ("node", "node/js_workers/tasks/refunds/send_invoice.js"),
        ("node", "node/js_workers/tasks/refunds/send_invoice.mjs"),
        ("node", "node/js_workers/tasks/refunds/send_invoice.ts"),
        ("node", "node/tests/tasks/refunds/send_invoice.test.js"),
    ],
)
def test_what_exists_is_named_and_kept(target: Target, clone: Path, lang: str, there: str) -> None:
    (clone / there).parent.mkdir(parents=True, exist_ok=True)
    (clone / there).write_text("mine")
    before = contents(clone)

    code, output = target.run(
        "make", "new-task", f"lang={lang}", "team=refunds", "name=send_invoice", cwd=clone
    )

    assert code != 0
    named = there.removesuffix("/mail.py")
    assert output.splitlines()[0] == f"error: {named} exists already: nothing was written"
    assert contents(clone) == before


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ("lang=ruby team=refunds name=pay", "invalid lang=ruby: use python, node or ts"),
        (
            "lang=python team=refunds name=send-invoice",
            r"invalid name=send-invoice: use .* like name=send_invoice",
        ),
        (
            "lang=node team=refunds name=sendInvoice",
            r"invalid name=sendInvoice: use .* like name=send_invoice",
        ),
        ("lang=node team=../x name=pay", r"invalid team=\.\./x: use .* like team=x"),
        ("lang=python team=refunds name=2pay", "invalid name=2pay: use .* a letter first"),
        ("lang=python team=refunds name='; false'", "invalid name='; false': use "),
        (
            "lang=python team=refunds name=_pay",
            "invalid name=_pay: workers skip files and folders that begin with an underscore",
        ),
        (
            "lang=node team=refunds name=test_pay",
            r"invalid name=test_pay: workers skip names of tests \(test_…",
        ),
        ("lang=python team=tests name=pay", "invalid team=tests: workers skip names of tests"),
        ("lang=python team=refunds name=class", "invalid name=class: this name has a meaning in Python"),
        ("lang=python team=class name=pay", "invalid team=class: this name has a meaning in Python"),
        ("lang=python team=refunds name=print", "invalid name=print: this name has a meaning in Python"),
        ("lang=node team=refunds name=new", "invalid name=new: this name has a meaning in JavaScript"),
        ("lang=node team=refunds name=then", "invalid name=then: this name has a meaning in JavaScript"),
        ("lang=node team=refunds name=index", "invalid name=index: this name has a meaning in JavaScript"),
        ("lang=node team=refunds name=" + "a" * 31, "invalid name=a+: use at most 30 letters"),
        ("lang=python team=" + "a" * 19 + " name=pay", "invalid team=a+: use at most 18 letters"),
        (
            "",
            "missing lang= and team= and name=: use make new-task lang=python|node|ts team=TEAM name=NAME",
        ),
        (
            "lang=python team=refunds",
            "missing name=: use make new-task lang=python|node|ts team=TEAM name=NAME",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence_and_nothing_is_written(
    target: Target, clone: Path, variables: str, sentence: str
) -> None:
    before = contents(clone)
    values = [part.strip() for part in re.split(r" (?=\w+=)", variables) if part]

    exit_code, output = target.run("make", "new-task", *values, cwd=clone)

    assert exit_code != 0
    errors = [line for line in output.splitlines() if not line.startswith("make: ")]
    assert len(errors) == 1, output
    assert re.match("error: " + sentence.replace("|", r"\|"), errors[0]), output
    assert contents(clone) == before


def test_variables_of_the_environment_are_not_taken(target: Target, clone: Path) -> None:
    env = {"lang": "python", "team": "refunds", "name": "pay"}

    exit_code, output = target.run("make", "new-task", cwd=clone, env=env)

    assert exit_code != 0
    assert output.startswith("error: missing lang= and team= and name=")
