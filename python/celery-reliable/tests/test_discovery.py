"""Every module below the tasks package is found; one that cannot be imported is named with its line."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery

from celery_reliable.discovery import TaskImportError, discover_tasks, import_task_module, task_modules

PACKAGE = "discovery_example"

WritePackage = Callable[[dict[str, str]], Path]


@pytest.fixture
def write_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WritePackage]:
    """Write files (path -> source) into a package that can be imported as ``discovery_example``."""

    def write(files: dict[str, str]) -> Path:
        folder = tmp_path / PACKAGE
        for path, source in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source)
        return folder

    monkeypatch.syspath_prepend(str(tmp_path))
    yield write
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_modules_are_found_at_any_depth_without_init_files(write_package: WritePackage) -> None:
    paths = ["__init__.py", "b.py", "team/a.py", "team/deep/__init__.py", "team/deep/c.py"]
    folder = write_package(dict.fromkeys(paths, ""))

    assert task_modules(PACKAGE) == {
        f"{PACKAGE}.b": folder / "b.py",
        f"{PACKAGE}.team.a": folder / "team/a.py",
        f"{PACKAGE}.team.deep": folder / "team/deep/__init__.py",
        f"{PACKAGE}.team.deep.c": folder / "team/deep/c.py",
    }


@pytest.mark.parametrize(
    "path",
    ["_private.py", "_private/a.py", ".hidden/a.py", "tests/a.py", "test_a.py", "a_test.py", "conftest.py"],
)
def test_private_modules_and_tests_are_left_out(path: str, write_package: WritePackage) -> None:
    write_package({"__init__.py": "", path: "raise AssertionError('imported')"})

    assert task_modules(PACKAGE) == {}


def test_links_are_followed_unless_in_a_circle(
    write_package: WritePackage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_package({"__init__.py": "", "a.py": ""})
    linked = tmp_path / "elsewhere"
    linked.mkdir()
    (linked / "b.py").touch()
    (linked / "circle").symlink_to(folder)
    (folder / "team").symlink_to(linked)

    assert task_modules(PACKAGE) == {
        f"{PACKAGE}.a": folder / "a.py",
        f"{PACKAGE}.team.b": folder / "team/b.py",
    }
    circle = folder / "team" / "circle"
    assert capsys.readouterr().err == f"{circle} is not read: the link leads back to a folder above it\n"


def test_a_notebook_is_named(write_package: WritePackage, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_package({"__init__.py": "", "demand.ipynb": "{}", "README.md": "", "_draft.ipynb": "{}"})

    assert task_modules(PACKAGE) == {}
    expected = "is not read: a notebook is not a module; put its tasks into a .py file"
    assert capsys.readouterr().err == f"{folder / 'demand.ipynb'} {expected}\n"


def test_the_modules_are_imported_when_a_worker_starts_and_not_before(write_package: WritePackage) -> None:
    write_package({"team/mail.py": "from celery import shared_task\n\n@shared_task\ndef send(): ...\n"})
    app = Celery(PACKAGE, set_as_current=False)

    discover_tasks(app, PACKAGE)
    assert f"{PACKAGE}.team.mail" not in sys.modules

    app.loader.import_default_modules()
    assert f"{PACKAGE}.team.mail.send" in app.tasks


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("x = 1\n\n1 / 0\n", 3, "ZeroDivisionError: division by zero"),
        ("import json\njson.loads('{')\n", 2, "JSONDecodeError: Expecting property name"),
        ("import module_that_is_not_there\n", 1, "ModuleNotFoundError: No module named"),
        ("def f(:\n", 1, "SyntaxError: invalid syntax"),
        ("raise ValueError('two\\nlines')\n", 1, "ValueError: two lines"),
        ("\nraise SystemExit(0)\n", 2, "SystemExit: 0"),
        ("\n\ncompile('(', 'formula', 'eval')\n", 3, "SyntaxError"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named_with_its_line(
    source: str, line: int, reason: str, write_package: WritePackage
) -> None:
    file = write_package({"broken.py": source}) / "broken.py"

    with pytest.raises(TaskImportError) as caught:
        import_task_module(f"{PACKAGE}.broken", file)

    message = str(caught.value)
    assert message.startswith(f"{file}:{line}: cannot import the task module {PACKAGE}.broken: {reason}")
    assert "\n" not in message


def test_an_error_in_an_imported_module_is_named_where_it_is(write_package: WritePackage) -> None:
    folder = write_package({"team/mail.py": f"import {PACKAGE}.lib\n", "lib.py": "\n\nundefined\n"})

    with pytest.raises(TaskImportError) as caught:
        import_task_module(f"{PACKAGE}.team.mail", folder / "team/mail.py")

    place = f"{folder}/lib.py:3: cannot import the task module {PACKAGE}.team.mail: NameError"
    assert str(caught.value).startswith(place)


def test_a_missing_folder_is_named(write_package: WritePackage) -> None:
    folder = write_package({"__init__.py": ""})

    with pytest.raises(TaskImportError, match="there is no such folder; discover_tasks looks") as caught:
        task_modules(f"{PACKAGE}.tasks")

    assert str(caught.value).startswith(f"{folder / 'tasks'}: ")


@pytest.mark.parametrize("package", [PACKAGE, f"{PACKAGE}.team"])
def test_a_folder_that_cannot_be_imported_is_named_with_its_line(write_package: WritePackage, package: str) -> None:
    path = "/".join([*package.split(".")[1:], "__init__.py"])
    folder = write_package({"__init__.py": "", path: "\nimport no_such_package\n"})

    with pytest.raises(TaskImportError, match="ModuleNotFoundError: No module named 'no_such_package'") as caught:
        task_modules(package)

    assert str(caught.value).startswith(f"{folder / path}:2: cannot import the task module {package}: ")
