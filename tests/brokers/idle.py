"""A JavaScript program that does something with an app, is idle, and closes the app as the last thing."""

import json
import subprocess
from pathlib import Path

from scripts.paths import ROOT
from tests.support.programs import Program
from tests.support.workers import clean_environment

INDEX = ROOT / "node/celery-js/src/index.js"
# Longer than a program may take on a loaded machine.
ENDS_WITHIN_S = 60
#: The exit code, the last line of its output, what it wrote to stderr.
End = tuple[int, str, str]
GOOD: End = (0, "closed", "")
PROGRAM = """
const { Celery } = await import(process.argv[2]);
const { brokerUrl, resultBackend } = JSON.parse(process.argv[3]);
const app = new Celery("program", { brokerUrl, resultBackend, taskDefaultQueue: "jobs" });
const idle = () => new Promise((resolve) => setTimeout(resolve, 500));
%s
await app.close();
console.log("closed");
"""


def run(steps: str, folder: Path, broker: str, results: str) -> End:
    """Run it. Node ends with 13 if it is stuck in an `await` that nothing keeps alive."""
    command = _command(steps, folder, broker, results)
    done = subprocess.run(command, capture_output=True, text=True, timeout=ENDS_WITHIN_S, check=False)
    return done.returncode, (done.stdout.splitlines() or [""])[-1], done.stderr


def start(steps: str, folder: Path, broker: str, results: str) -> Program:
    """Start it, for a test that does something meanwhile."""
    command = _command(steps, folder, broker, results)
    return Program("client", command, cwd=ROOT, env=clean_environment(), log=folder / "client.log")


def _command(steps: str, folder: Path, broker: str, results: str) -> list[str]:
    program = folder / "program.mjs"
    program.write_text(PROGRAM % steps, "utf-8")
    settings = json.dumps({"brokerUrl": broker, "resultBackend": results})
    return ["node", str(program), INDEX.as_uri(), settings]
