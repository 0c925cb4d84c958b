"""What `make remove-example` removes and edits. A test checks that every entry fits a file."""

from scripts.language_edits import Edit

PATHS = (
    "example",
    "scripts/example",
    "docs/example.png",
    "python/py_workers/tasks/churn",
    "python/tests/tasks/churn",
    "node/js_workers/tasks/churn",
    "tests/scripts/test_example.py",
)
# The tasks of these modules leave the contract.
TASKS = ("py_workers.tasks.churn.", "js_workers.tasks.churn.")

_SETTINGS = "JOBS_(?:FILES_DIR|SMTP_URL)"
# A part of a page, between two comments.
_MARKED = r"^<!-- example -->\n(?:.*\n)*?<!-- /example -->\n\n?"

EDITS = (
    Edit("Makefile", r" \$\(wildcard example/example\.mk\)|^#: example: .*\n"),
    Edit("CHANGELOG.md", r"^- `make example` .*\n(?:  .*\n)*"),
    Edit("README.md", _MARKED),
    Edit("docs/tutorial.md", _MARKED),
    Edit("docs/web-service.md", _MARKED),
    Edit("docs/architecture.md", r"^\| `example/` .*\n|^\| the example application .*\n"),
    Edit("tests/tutorial/test_pages.py", r'^    "node \.\./studio/server\.mjs": "",\n'),
    Edit("docs/settings.md", rf"^\| `{_SETTINGS}` .*\n"),
    Edit("configmaps/shared.env", rf"^# .*\bexample application.*\n{_SETTINGS}=.*\n\n"),
    Edit("node/js_workers/config.js", rf"^  {_SETTINGS}: .*\n"),
    Edit("python/py_workers/config.py", r"^    (?:files_dir|smtp_url): .*\n"),
    Edit(
        "scripts/checks.py",
        r', "example"(?=, "scripts")|^from scripts\.example .*\n|^        Check\("tsc example.*\n'
        r"|^    \*\*.*example\.CHECKED.*\n",
    ),
    Edit("scripts/clone.py", r"^        _remove_example,\n|^def _remove_example.*\n(?:    .*\n)+\n\n"),
    Edit("scripts/containers.py", r'^    if page := os\.environ\.get\("EXAMPLE_PAGE"\):\n.*\n'),
    Edit("scripts/setup.py", r"^from scripts\.example .*\n|^    \*\*example\.CHECKED,\n"),
    Edit("scripts/commands.py", r"^from scripts\.example .*\n|^    example\.add_to\(commands\)\n\n"),
    Edit(
        "scripts/strip.py",
        r"^from scripts\.example .*\n|^    (?:known = )?example\..*\n"
        r"|^    if language == example.*\n        return\n",
    ),
)
# Followed by `poetry lock`. Only `make remove-example` makes them: other commands run without Poetry.
POETRY_EDITS = (
    Edit(
        "python/pyproject.toml",
        r"^# The tasks of the example application.*\nexample = \[\n(?:    .*\n)+\]\n\n"
        r"|^\[tool\.poetry\.group\.example\]\noptional = true\n\n"
        r"|^\[\[tool\.mypy\.overrides\]\]\n# Installed by `make example`.*\n(?:.+\n)+\n?",
    ),
)
