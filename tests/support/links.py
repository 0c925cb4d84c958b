"""The links of pages."""

import re
from pathlib import Path


def dead_links(page: Path) -> list[str]:
    """The links of a page to files or headings that are not there."""
    links = re.findall(r"\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)", page.read_text("utf-8"))
    return [
        f"{file}#{anchor}"
        for file, anchor in links
        if not (target := page.parent / file if file else page).exists()
        or (anchor and anchor not in _anchors(target))
    ]


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
