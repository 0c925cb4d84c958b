"""The one error that a command reports to its user."""

from pathlib import Path

HEAD_LINES = 8
TAIL_LINES = 25


class CommandFailed(Exception):
    """A command cannot go on. Raised with one sentence that says what happened and what to do.

    `detail` is printed above that sentence: the end of a log, for instance.
    """

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


def excerpt(log: Path) -> str:
    """Returns the first and the last lines of a log file, indented; an empty string when there is none.

    The cause is at the end of most logs, but before a page of advice in some.
    """
    try:
        lines = log.read_text("utf-8", "replace").rstrip().splitlines()
    except OSError:
        return ""
    if len(lines) > HEAD_LINES + TAIL_LINES:
        lines = [*lines[:HEAD_LINES], "...", *lines[-TAIL_LINES:]]
    return "\n".join("    " + line for line in lines)
