"""Makes this process and its children use UTF-8 under any locale (`LC_ALL=C`).

Otherwise Poetry, for example, would fail in a folder whose path is not ASCII. Uses the syntax of Python 3.6,
see `__main__.py`.
"""

import codecs
import locale
import os
import sys

# Some systems lack the first.
_LOCALES = ("C.UTF-8", "en_US.UTF-8")


def use() -> None:
    """Changes our streams and, if the locale is not UTF-8, the environment."""
    for stream in (sys.stdout, sys.stderr):
        # Escape characters that cannot be printed instead of failing.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if _is_utf8():
        return
    for name in _LOCALES:
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        os.environ["LC_ALL"] = name
        break
    os.environ["PYTHONUTF8"] = "1"


def _is_utf8() -> bool:
    try:
        return codecs.lookup(locale.nl_langinfo(locale.CODESET)).name == "utf-8"
    except LookupError:
        return False
