"""Reads a page as a reader follows it: files to write, commands to type, and what these print."""

import re
from dataclasses import dataclass
from pathlib import Path

# A code block of a language, with the name of its file before it; or a block of commands, each after a "$".
_STEP = re.compile(
    r"^(?:`(?P<file>[^`\n]+)`:\n\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
# Matches any text in a command's output; alone on a line, any number of lines.
ANYTHING = "..."


@dataclass(frozen=True)
class File:
    """A file that the reader writes; `path` is relative to the root of the repository."""

    path: str
    text: str


@dataclass(frozen=True)
class Command:
    """A line that the reader types in the root of the repository, and the lines that it prints.

    A page that shows none leaves open what is printed.
    """

    line: str
    prints: list[str]

    def matches(self, printed: list[str]) -> bool:
        """Whether the printed lines match, apart from ANYTHING."""
        pattern = "\n".join(re.escape(line).replace(re.escape(ANYTHING), ".*") for line in self.prints)
        return not self.prints or re.fullmatch(pattern, "\n".join(printed), re.DOTALL) is not None


def steps(page: Path) -> list[File | Command]:
    """The steps of a page, in order. Blocks with neither a file name nor commands are there to be read."""
    return steps_in(page.read_text("utf-8"))


def steps_in(text: str) -> list[File | Command]:
    """The steps in a part of a page."""
    found: list[File | Command] = []
    for block in _STEP.finditer(text):
        if block["file"]:
            found.append(File(block["file"], block["text"]))
        elif block["language"] == "console":
            found += _commands(block["text"])
    return found


def _commands(text: str) -> list[Command]:
    commands: list[Command] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append(Command(line.removeprefix("$ "), []))
        else:
            commands[-1].prints.append(line)
    return commands
