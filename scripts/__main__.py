"""`python3 -m scripts COMMAND`: the entry of every make target.

This file, `requirements.py` and `utf8.py` keep to the syntax of Python 3.6: on an older Python the user must
read the sentence that says so, not a SyntaxError. Everything newer is imported after that check.
"""

import signal
import sys


def main() -> int:
    """Checks the interpreter, then runs the command; returns the exit code."""
    # Until the command sees to signals itself there is nothing to stop: Ctrl-C ends us, without a traceback.
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
