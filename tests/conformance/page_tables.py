"""The tables of celery-js's page about Celery compatibility."""

import re

from scripts.paths import NODE_PROJECT

PAGE = NODE_PROJECT / "celery-js" / "docs" / "celery-compatibility.md"


def rows_below(heading: str) -> list[list[str]]:
    """The rows of the table in the section with that heading, its head first, without the line below."""
    section = PAGE.read_text("utf-8").split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [rows[0], *rows[2:]]
