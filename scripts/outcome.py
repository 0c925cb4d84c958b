"""Turns the end of a command into an exit code and, if it failed, one sentence."""

from collections.abc import Callable

from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.interruption import Interrupted

FAILED = 1


def exit_code_of(console: Console, command: Callable[[], int]) -> int:
    """Runs a command and returns its exit code. Reports failures and interruptions on standard error."""
    try:
        return command()
    except CommandFailed as failure:
        console.error(failure.sentence, failure.detail)
        return FAILED
    except OSError as error:
        # A read-only folder, a full disk, a file in place of a folder. Without a file name, it is a bug.
        if error.filename is None:
            raise
        console.error(f"{error.strerror}: {error.filename}")
        return FAILED
    except Interrupted as interrupted:
        console.error(f"stopped by {interrupted}")
        return interrupted.exit_code
