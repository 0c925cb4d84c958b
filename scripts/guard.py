"""Kills its process group when its standard input ends; `processes.py` runs it.

The program that started it holds the other end of that pipe and never writes. The pipe ends when it closes
it, and also when it is killed with SIGKILL, which it could not handle itself. So nothing it started outlives
it.
"""

import os
import signal
import sys


def main() -> None:
    """Waits for the end of the input."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    if os.getpgrp() != os.getpid():
        sys.exit("guard.py must lead a process group of its own")
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
