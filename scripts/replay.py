"""Repeats a clone's choices, from `.template.json`, in this tree of the template.

`make update` runs this in an older and a newer version of the template, so that both look like the clone.
"""

from scripts import choices, published_edits, rename, strip
from scripts.console import Console
from scripts.draft import Draft


def run(console: Console) -> None:
    """Changes the names, removes what the clone has removed, and uses the packages that it uses.

    Raises CommandFailed, with no text changed, when a file cannot be read or written.
    """
    chosen = choices.read()
    draft = Draft()
    if chosen.name:
        rename.plan(draft, chosen)
    for language in chosen.stripped:
        strip.plan(draft, language)
    published_edits.replay(draft, chosen.published)
    draft.apply(console, "changed")
