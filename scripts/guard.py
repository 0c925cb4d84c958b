"""Kills its process group when its standard input ends; `processes.py` runs it.

The starting program keeps the other end of the pipe open and never writes to it. The pipe ends when that
program closes it, or is killed, even with SIGKILL. So no process of the group outlives that program.
"""

import os
import signal
import sys


def main() -> None:
    """Waits for the end of the input."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    if os.getpgrp() != os.getpid():
        sys.exit("guard.py must lead its own process group")
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
