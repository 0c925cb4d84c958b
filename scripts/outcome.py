"""How a command ends: its exit code, and the one sentence when it failed."""

from collections.abc import Callable

from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.interruption import Interrupted

FAILED = 1


def exit_code_of(console: Console, command: Callable[[], int]) -> int:
    """Runs a command; a failure or an interruption is told on standard error and turned into an exit code."""
    try:
        return command()
    except CommandFailed as failure:
        console.error(failure.sentence, failure.detail)
        return FAILED
    except OSError as error:
        # A read-only folder, a full disk, a file where a folder should be. Without a name it is our fault.
        if error.filename is None:
            raise
        console.error(f"{error.strerror}: {error.filename}")
        return FAILED
    except Interrupted as interrupted:
        console.error(f"stopped by {interrupted}")
        return interrupted.exit_code
