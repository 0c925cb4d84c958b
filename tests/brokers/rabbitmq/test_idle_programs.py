"""A JavaScript program that closes its app on RabbitMQ ends with 0, although nothing else keeps it alive."""

import json
import subprocess
from pathlib import Path

from scripts.paths import ROOT
from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.server import Broker

INDEX = ROOT / "node/celery-js/src/index.js"
# Longer than a program may take on a loaded machine.
ENDS_WITHIN_S = 60
PROGRAM = """
const { Celery } = await import(process.argv[2]);
const { brokerUrl, resultBackend } = JSON.parse(process.argv[3]);
const app = new Celery("program", { brokerUrl, resultBackend, taskDefaultQueue: "jobs" });
const idle = () => new Promise((resolve) => setTimeout(resolve, 500));
%s
await app.close();
console.log("closed");
"""
STEPS = {
    "nothing": "",
    "sent": 'await app.sendTask("tests.add", [1, 2]);',
    "sent before": 'await app.sendTask("tests.add", [1, 2]); await idle();',
    "got a result": 'await (await app.sendTask("tests.add", [1, 2])).get({ timeout: 30 });',
    "asked workers": "await app.control.ping({ timeout: 1 });",
    "heard events": "await app.events.receiver({ handlers: { '*': () => {} } }).start(); await idle();",
    "ran a worker": 'const worker = app.worker({ queues: ["own"] }); await worker.start(); await worker.stop();',
}


def test_closing_ends_an_idle_program(fleet: Fleet, broker: Broker, tmp_path: Path) -> None:
    fleet.node()
    program = tmp_path / "program.mjs"
    settings = json.dumps({"brokerUrl": broker.url, "resultBackend": broker.results})

    found = {}
    for name, steps in STEPS.items():
        program.write_text(PROGRAM % steps, "utf-8")
        command = ["node", program, INDEX.as_uri(), settings]
        done = subprocess.run(command, capture_output=True, text=True, timeout=ENDS_WITHIN_S, check=False)
        found[name] = (done.returncode, done.stdout.splitlines()[-1:], done.stderr)

    assert found == dict.fromkeys(STEPS, (0, ["closed"], ""))
