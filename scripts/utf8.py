"""Has everything that we start write and read UTF-8, also where the locale says otherwise (`LC_ALL=C`).

Poetry, for one, would fail in a folder whose path is not ASCII. Kept to the syntax of Python 3.6, see
`__main__.py`.
"""

import codecs
import locale
import os
import sys

# The second is for systems that lack the first.
_LOCALES = ("C.UTF-8", "en_US.UTF-8")


def use() -> None:
    """Changes the environment where the locale is none of UTF-8, and our own streams with it."""
    for stream in (sys.stdout, sys.stderr):
        # A name that cannot be printed is no reason to end.
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
