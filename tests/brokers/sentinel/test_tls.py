"""TLS to the primary and to the sentinels, in workers and clients of both languages.

The embedded server speaks no TLS. So a sentinel of the test's own, behind TLS, names a TLS proxy as the
primary.
"""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.conformance.test_js_client import run_js
from tests.conformance.workers import KINDS, Kind
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

from .behind import StartBehind, client_behind

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class TlsPlace:
    """A TLS proxy of a server, and a sentinel behind TLS that names it."""

    def __init__(self, server_port: int, context: ssl.SSLContext) -> None:
        self._server_port = server_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.proxy = self._listen(self._forward, context)
        self.sentinel = self._listen(self._answer, context)

    def close(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _listen(self, handler: Handler, context: ssl.SSLContext) -> int:
        started = asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        server = asyncio.run_coroutine_threadsafe(started, self._loop).result()
        return int(server.sockets[0].getsockname()[1])

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        await asyncio.gather(_pass_on(reader, to_server[1]), _pass_on(to_server[0], writer))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state = {"name": "main", "ip": "127.0.0.1", "port": str(self.proxy), "flags": "master"}
        state |= {"num-other-sentinels": "0", "num-slaves": "1", "config-epoch": "1"}
        words = "".join(f"${len(word)}\r\n{word}\r\n" for pair in state.items() for word in pair)
        begin = f"*{2 * len(state)}"
        while line := await reader.readline():
            command = [await _word(reader) for _ in range(int(line[1:]))]
            name = command[0].upper()
            begin = f"%{len(state)}" if name == "HELLO" else begin  # a map, from then on
            replies = {"HELLO": "%1\r\n$5\r\nproto\r\n:3\r\n", "PING": "+PONG\r\n"}
            replies["SENTINEL"] = f"*1\r\n{begin}\r\n{words}"
            writer.write(replies.get(name, "+OK\r\n").encode())


async def _word(reader: asyncio.StreamReader) -> str:
    length = int((await reader.readline())[1:])
    return (await reader.readexactly(length + 2))[:-2].decode()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
    writer.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Key and self-signed certificate of 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return key, cert


@pytest.fixture
def place(valkey: ValkeyServer, certificate: tuple[Path, Path]) -> Iterator[TlsPlace]:
    """A sentinel and a primary behind TLS."""
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with closing(TlsPlace(valkey.port, context)) as made:
        yield made


def url_of(place: TlsPlace, authority: str = "") -> str:
    parameters = f"&ssl_ca_certs={authority}" if authority else ""
    return f"sentinel://127.0.0.1:{place.sentinel}/0?master_name=main&ssl=true&sentinel_ssl=true{parameters}"


@pytest.mark.parametrize("kind", KINDS)
def test_workers_and_clients_reach_a_primary_behind_tls(
    kind: Kind, place: TlsPlace, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    url = url_of(place, str(certificate[1]))
    with closing(WorkerFactory(url, tmp_path)) as factory, closing(client_behind(url)) as client:
        StartBehind(factory, url)(kind)

        assert client.send_task("conformance.basic.add", [1, 2]).get(timeout=20) == 3
        [outcome] = run_js(url, {"task": "basic.add", "args": [3, 4]}, taskDefaultQueue="jobs")
        assert outcome["value"] == 7


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_certificate_is_refused(kind: Kind, place: TlsPlace, tmp_path: Path) -> None:
    url = url_of(place)
    with closing(WorkerFactory(url, tmp_path)) as factory:
        worker = StartBehind(factory, url)(kind, wait=False)

        worker.wait_for_log("(?i)self.signed certificate", 30)
        assert "ready." not in worker.log
