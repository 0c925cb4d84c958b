"""Kills a web server when it replaces a record after a claim file exists."""

from pathlib import Path

from scripts.paths import ROOT

NODE = """
import { existsSync, promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { rename } = promises;
promises.rename = (from, to) => {
  if (existsSync(process.env.KILLED_AFTER)) process.kill(process.pid, "SIGKILL");
  return rename(from, to);
};
syncBuiltinESMExports();
"""
PYTHON = """
import os
import pathlib
import signal

replace = pathlib.Path.replace


def replace_or_die(file, target):
    if os.path.exists(os.environ["KILLED_AFTER"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(file, target)


pathlib.Path.replace = replace_or_die
"""


def killed_after(claim: Path, folder: Path) -> dict[str, str]:
    """Return the environment variables that load this code into a web server of either language."""
    node, python = folder / "killing.mjs", folder / "sitecustomize.py"
    node.write_text(NODE)
    python.write_text(PYTHON)
    return {
        "KILLED_AFTER": str(claim),
        "NODE_OPTIONS": f"--import={node}",
        "PYTHONPATH": f"{folder}:{ROOT / 'clients' / 'python'}",
    }
