"""`make example` from its start to Ctrl-C."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import Browser
from scripts import server
from scripts.paths import ROOT
from system import Program, wait_until

MARK = "EXAMPLE_TEST_MARK"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """Start a separate server, so that this run shares no queue with others."""
    port = server.free_port()
    program = Program("valkey", server.arguments(port, tmp_path), tmp_path, {}, tmp_path / "valkey.log")
    program.found("Ready to accept connections")
    yield server.url(port)
    program.kill()


@pytest.mark.timeout(300)
def test_one_command_serves_the_page_and_ctrl_c_ends_all_of_it(
    kind: str, broker: str, tmp_path: Path
) -> None:
    port = server.free_port()
    command = ["make", "example", f"SERVER={kind}", f"PORT={port}"]
    env = os.environ | {
        "JOBS_BROKER_URL": broker,
        "EXAMPLE_DATA": str(tmp_path / "data"),
        MARK: str(tmp_path),
    }
    example = Program("make example", command, ROOT, env, tmp_path / "example.log")
    try:
        url = example.found(r"The example is at (http\S+)\. Ctrl-C stops all of it\.", 180)[1]
        browser = Browser(url)
        assert urlsplit(url).port == port
        assert browser.get("/").status == 200
        assert browser.post("/api/datasets", {"seed": 1, "rows": 100}).status == 201

        example.interrupt()
        wait_until(lambda: not marked(str(tmp_path)), "the end of its programs")
    finally:
        example.kill()

    assert "had to be killed" not in example.log.read_text("utf-8")


def marked(value: str) -> list[str]:
    """Return the living processes of that environment (on a system with /proc)."""
    sought = f"{MARK}={value}\0".encode()
    return [folder.name for folder in Path("/proc").glob("[0-9]*") if sought in environ(folder)]


def environ(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""
