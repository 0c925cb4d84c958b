"""RabbitMQ's server, unpacked from Debian's packages without installing it.

    python -m tests.brokers.rabbitmq.packages 4.0

Debian 12 has 3.10, Debian 13 has 4.0. The system's own release is unpacked into a folder; the other one
runs in its own small Debian, made by `debootstrap`, which takes root and is unpacked too. All of it is
in `.tools/rabbitmq`.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.paths import ROOT

TOOLS = ROOT / ".tools" / "rabbitmq"
MIRROR = "http://deb.debian.org/debian"
RELEASES = {"3.10": "bookworm", "4.0": "trixie"}
# What a server needs of the packages that apt names; the rest are parts of the system.
NEEDED = re.compile(r"^(erlang-|rabbitmq-server|libwrap0|socat|libsctp)")
LIBRARY = "usr/lib/rabbitmq/lib"
# Written last, so that a server that was unpacked in part is unpacked again.
COMPLETE = "unpacked"


@dataclass(frozen=True)
class Installation:
    """A server's files. `root`: where they are unpacked, or `/`; `is_jail`: its own Debian."""

    version: str
    root: Path
    is_jail: bool = False

    def inside(self, path: Path) -> Path:
        """Return a path as the server sees it."""
        return Path("/") / path.relative_to(self.root) if self.is_jail else path

    @property
    def home(self) -> Path:
        """RabbitMQ's own folder."""
        return next((self.root / LIBRARY).glob("rabbitmq_server-*"))

    @property
    def erlang(self) -> Path:
        """Erlang's."""
        return self.root / "usr/lib/erlang"


def find(version: str) -> Installation | None:
    """Return a server of this version, without installing anything; None: there is none."""
    for installation in (
        Installation(version, Path("/")),
        Installation(version, TOOLS / version),
        Installation(version, TOOLS / version, is_jail=True),
    ):
        is_there = any((installation.root / LIBRARY).glob(f"rabbitmq_server-{version}.*"))
        is_jail = (installation.root / "etc/os-release").exists() and installation.root != Path("/")
        is_there = is_there and (installation.root == Path("/") or (installation.root / COMPLETE).exists())
        if is_there and is_jail == installation.is_jail and (not is_jail or os.geteuid() == 0):
            return installation
    return None


def install(version: str) -> Installation:
    """Return a server of this version, unpacked if need be.

    Raises:
        RuntimeError: this machine cannot have it; the message says why.
    """
    if found := find(version):
        return found
    if not shutil.which("apt-get"):
        raise RuntimeError("RabbitMQ is unpacked from Debian's packages, and this is no Debian")
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes, the first one unpacks it
        return find(version) or _install(version)


def _install(version: str) -> Installation:
    folder = TOOLS / version
    if (folder / "proc/self").exists():  # debootstrap was interrupted
        _run("umount", folder / "proc")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if RELEASES[version] == _release():
        _run("apt-get", "update", "-qq")
        _unpack(folder, [], folder)
        erl = folder / "usr/lib/erlang/bin/erl"
        erl.write_text(erl.read_text().replace("ROOTDIR=/usr", f"ROOTDIR={folder}/usr"))
    else:
        if os.geteuid() != 0:
            raise RuntimeError(f"RabbitMQ {version} needs Debian's {RELEASES[version]}: run as root")
        _run(*_debootstrap(), "--variant=minbase", RELEASES[version], folder, MIRROR)
        # Without it the server does not find its own machine.
        shutil.copy("/etc/hosts", folder / "etc/hosts")
        _unpack(folder, ["chroot", str(folder)], folder)
    (folder / COMPLETE).touch()
    found = find(version)
    if found is None:
        raise RuntimeError(f"Debian's {RELEASES[version]} has no RabbitMQ {version}")
    return found


def _debootstrap() -> list[str]:
    """Return the command that makes a small Debian, which is unpacked unless it is installed."""
    if shutil.which("debootstrap"):
        return ["debootstrap"]
    folder = TOOLS / "debootstrap"
    program = folder / "usr/sbin/debootstrap"
    if not program.exists():
        folder.mkdir(exist_ok=True)
        _run("apt-get", "update", "-qq")
        _run("sh", "-c", f"cd {folder} && apt-get download -qq debootstrap")
        [archive] = folder.glob("*.deb")
        _run("dpkg", "-x", archive, folder)
    return ["env", f"DEBOOTSTRAP_DIR={folder}/usr/share/debootstrap", str(program)]


def _unpack(folder: Path, prefix: Sequence[str], target: Path) -> None:
    """Download the packages that the server needs, and unpack them; `prefix`: in another Debian."""
    archives = folder / "var/cache/apt/archives"
    archives.mkdir(parents=True, exist_ok=True)
    simulated = _run(*prefix, "apt-get", "install", "-s", "--no-install-recommends", "rabbitmq-server")
    names = [name for name in re.findall(r"^Inst (\S+)", simulated, re.MULTILINE) if NEEDED.match(name)]
    where = "/var/cache/apt/archives" if prefix else str(archives)
    _run(*prefix, "sh", "-c", f"cd {where} && apt-get download -qq {' '.join(names)}")
    for archive in archives.glob("*.deb"):
        _run("dpkg", "-x", archive, target)
        archive.unlink()


def _release() -> str:
    return str(re.findall(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)[0])


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(
            f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout


def main(versions: Sequence[str]) -> int:
    """Unpack servers, and say where they are; 1: this machine can have none of them."""
    found = 0
    for version in versions:
        try:
            place = str(install(version).home)
            found += 1
        except RuntimeError as error:
            place = str(error)
        sys.stdout.write(f"RabbitMQ {version}: {place}\n")
    return 0 if found else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or list(RELEASES)))
