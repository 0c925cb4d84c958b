"""The files in configmaps/, read as Docker Compose reads an `env_file`: quotes, escapes, comments, variables.

The rules: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/. This runs
before anything is installed, so it uses no library. tests/scripts/test_env_files.py compares it with the
recorded answers of Docker Compose.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.interpolation import InterpolationError, interpolate

Lookup = Callable[[str], str | None]

_EXPORT = re.compile(r"export[ \t\r\f\v]+")
# Spaces within a line; Compose includes these two characters of Latin-1.
_SPACES = " \t\v\f\r\x85\xa0"
_NAME_SIGNS = "_.-[]"
_SINGLE, _DOUBLE = "'", '"'
_ESCAPE = re.compile(r'\\(?:[abcfnrtv$"\\]|0[0-9]{0,3})')
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"',
    "$": "$$",  # interpolation turns this into a dollar
}  # fmt: skip


class EnvFileError(Exception):
    """Raised when Compose would refuse the file. The sentence names the line and what is wrong."""


def read_env_file(file: Path, given: Mapping[str, str], values: dict[str, str]) -> None:
    """Adds the variables of a file to `values`.

    `${NAME}` is looked up in `given` (the environment), then in `values` (earlier lines and files).
    A missing file counts as empty. Raises EnvFileError, with the file's path and the line.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")  # `\r` in a quoted value is part of it
    except FileNotFoundError:
        return
    except UnicodeDecodeError as error:
        raise EnvFileError(f"{file}: not UTF-8: {error.reason} at byte {error.start}") from error
    try:
        _Reader(text, given, values).read()
    except EnvFileError as error:
        raise EnvFileError(f"{file}:{error}") from error


class _Reader:
    """One pass over a file's text."""

    def __init__(self, text: str, given: Mapping[str, str], values: dict[str, str]) -> None:
        self._text = text
        self._at = 0
        self._given = given
        self._values = values

    def read(self) -> None:
        """Adds the file's variables. Raises EnvFileError, which begins with the line's number."""
        while self._skip_to_statement():
            self._read_statement()

    def _skip_to_statement(self) -> bool:
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                self._at = self._end_of_line()
            elif not self._text[self._at].isspace():
                return True
            else:
                self._at += 1
        return False

    def _read_statement(self) -> None:
        """Reads NAME=value, NAME: value, or NAME alone, which takes the environment's value."""
        if export := _EXPORT.match(self._text, self._at):
            self._at = export.end()
        name, sign = self._read_name()
        if sign == "\n":
            if name in self._given:
                self._values[name] = self._given[name]
            return
        self._skip_spaces()
        value = self._read_value()
        if name:
            self._values[name] = value

    def _read_name(self) -> tuple[str, str]:
        start = self._at
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign in "=:\n":
                name = self._text[start : self._at].rstrip()
                if " " in name:
                    raise self._error(f"a space in the name {name!r}", start)
                self._at += 1
                return name, sign
            if not (sign in _SPACES or sign in _NAME_SIGNS or sign.isalpha() or sign.isnumeric()):
                raise self._error(f"{sign!r} in the name of a variable", start)
            self._at += 1
        return "", "\n"  # Compose ignores a name at the end of the file without a line end

    def _read_value(self) -> str:
        quote = self._text[self._at : self._at + 1]
        if quote in (_SINGLE, _DOUBLE):
            start = self._at
            value = self._read_quoted(quote)
            return value if quote == _SINGLE else self._interpolate(_unescape(value), start)
        start, self._at = self._at, self._end_of_line()
        value = self._text[start : self._at].partition(" #")[0].rstrip()
        return self._interpolate(value, start)

    def _read_quoted(self, quote: str) -> str:
        """Returns the text between the quotes, which may have several lines. Unescapes only the quote."""
        start = self._at
        parts: list[str] = []
        at = start + 1
        while at < len(self._text):
            sign = self._text[at]
            if sign == quote:
                self._at = at + 1
                return "".join(parts)
            if sign == "\\" and at + 1 < len(self._text):
                escaped = self._text[at + 1]
                parts.append(escaped if escaped == quote else sign + escaped)
                at += 2
                continue
            parts.append(sign)
            at += 1
        raise self._error("a quote that is not closed", start)

    def _interpolate(self, value: str, start: int) -> str:
        try:
            return interpolate(value, self._look_up)
        except InterpolationError as error:
            raise self._error(str(error), start) from error

    def _look_up(self, name: str) -> str | None:
        return self._given[name] if name in self._given else self._values.get(name)

    def _skip_spaces(self) -> None:
        while self._at < len(self._text) and self._text[self._at] in _SPACES:
            self._at += 1

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _error(self, what: str, at: int) -> EnvFileError:
        return EnvFileError(f"{self._text.count(chr(10), 0, at) + 1}: {what}")


def _unescape(text: str) -> str:
    """Replaces the escapes of a double-quoted value; keeps those that Compose does not know."""

    def character(match: re.Match[str]) -> str:
        sign = match[0][1:]
        if not sign.startswith("0"):
            return _ESCAPED.get(sign, match[0])
        octal = sign[1:]
        is_byte = re.fullmatch("[0-3][0-7]{2}", octal)
        return chr(int(octal, 8)) if is_byte else "\\" + octal

    return _ESCAPE.sub(character, text)
