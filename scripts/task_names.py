"""Checks the names of tasks and teams, so that discovery, tests and linters accept them.

The rules about names of tests are the same for both languages, so that a name that works in Python also works
in JavaScript.
"""

import builtins
import keyword
import re

LONGEST = {"team": 18, "name": 30}
EXAMPLE = {"team": "billing", "name": "send_invoice"}

_FORM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LIKE_A_TEST = re.compile(r"test_.*|.*_test|tests?|conftest")
_JS_WORDS = """
    arguments await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function if implements import in instanceof interface let new null package
    private protected public return static super switch this throw true try typeof var void while with yield
"""
# Globals that biome does not allow to be shadowed.
_JS_GLOBALS = "escape globalThis isFinite parseFloat parseInt undefined unescape"
# `await import()` treats a module that exports `then` as a promise; the generated task has the other two.
_TAKEN_IN_JS = {*_JS_WORDS.split(), *_JS_GLOBALS.split(), "then", "task", "service"}
# Names in the generated task and in its test.
_TAKEN_IN_PYTHON = {*dir(builtins), "celery_app", "pytest", "eager_app", "monkeypatch", "flaky", "result"}


def exported_name(name: str) -> str:
    """Returns the JavaScript name of a task: `sendInvoice` for `send_invoice`."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def problem(variable: str, value: str, lang: str) -> str:
    """Returns in one sentence why `team` or `name` (the variable) cannot have a value; empty if it can."""
    given = f"invalid {variable}={value}"
    if value.startswith("_"):
        return f"{given}: workers skip files and folders that begin with an underscore"
    if not value.isascii() or not _FORM.fullmatch(value):
        return (
            f"{given}: use lower-case letters, digits and single underscores, a letter first, like "
            f"{variable}={_nearest(value) or EXAMPLE[variable]}"
        )
    if len(value) > LONGEST[variable]:
        return f"{given}: use at most {LONGEST[variable]} letters, so that lines of code with it fit"
    if _LIKE_A_TEST.fullmatch(value):
        return f"{given}: workers skip names of tests (test_…, …_test, test, tests, conftest)"
    if _is_taken(variable, value, lang):
        language = "Python" if lang == "python" else "JavaScript"
        return f"{given}: this name has a meaning in {language}; choose another one"
    return ""


def _is_taken(variable: str, value: str, lang: str) -> bool:
    if lang == "python":
        return keyword.iskeyword(value) or (variable == "name" and value in _TAKEN_IN_PYTHON)
    if variable == "team":
        return value == "node_modules"
    return value == "index" or exported_name(value) in _TAKEN_IN_JS


def _nearest(value: str) -> str:
    """Guesses a valid name: `send_invoice` for `SendInvoice` and `send-invoice`; empty without a guess."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", value).lower()
    guess = re.sub(r"[^a-z0-9]+", "_", words).strip("_")
    return guess if _FORM.fullmatch(guess) else ""
