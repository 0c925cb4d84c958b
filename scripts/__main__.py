"""`python3 -m scripts COMMAND`: the entry of every make target.

This file, `requirements.py` and `utf8.py` use the syntax of Python 3.6, so that an old Python prints a
sentence and not a SyntaxError. All other modules are imported after that check.
"""

import signal
import sys


def main() -> int:
    """Checks the interpreter, then runs the command; returns the exit code."""
    # Until the command handles signals, there is nothing to stop: Ctrl-C ends this process, without a
    # traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scripts import requirements, utf8

    problem = requirements.python_problem()
    if problem:
        sys.stderr.write("error: " + problem + "\n")
        return 1
    utf8.use()
    from scripts import commands

    return commands.run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
