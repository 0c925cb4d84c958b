"""The tables in celery-js's README."""

import re

from scripts.paths import NODE_PROJECT

README = NODE_PROJECT / "celery-js" / "README.md"


def rows_below(heading: str) -> list[list[str]]:
    """The rows of the table in the section with that heading, its head first, without the line below."""
    section = README.read_text("utf-8").split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [rows[0], *rows[2:]]
