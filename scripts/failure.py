"""The one error that a command reports to its user."""

from pathlib import Path

HEAD_LINES = 8
TAIL_LINES = 25


class CommandFailed(Exception):
    """Raised with a sentence that says what happened and what to do.

    `detail`, such as the end of a log, is printed above the sentence.
    """

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


def excerpt(log: Path) -> str:
    """Returns the first and last lines of a log file, indented; empty if there is no file.

    In most logs the cause is at the end, but in some a page of advice follows it.
    """
    try:
        lines = log.read_text("utf-8", "replace").rstrip().splitlines()
    except OSError:
        return ""
    if len(lines) > HEAD_LINES + TAIL_LINES:
        lines = [*lines[:HEAD_LINES], "...", *lines[-TAIL_LINES:]]
    return "\n".join("    " + line for line in lines)
