"""A server's TLS listener with a certificate of the test's own."""

import subprocess
from pathlib import Path

from scripts import server
from tests.brokers.rabbitmq.node import Broker, RabbitNode

# The name in a certificate, and whether the client knows who has signed it.
CERTIFICATES = {
    "good": ("IP:127.0.0.1", True),
    "unknown": ("IP:127.0.0.1", False),
    "other host": ("DNS:x", True),
}
# Why a client refuses it.
REASONS = {"unknown": "(?i)self.signed", "other host": "(?i)does ?n[o']t match|mismatch"}


def listen(rabbit: RabbitNode, folder: Path, name: str) -> tuple[int, Path]:
    """Let the server listen behind TLS; returns the port, and its self-signed certificate for a name."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tests"]
    command += ["-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    key.chmod(0o644)
    port = server.free_port()
    files = rabbit.keep(certificate), rabbit.keep(key)
    options = f'[{{certfile,"{files[0]}"}},{{keyfile,"{files[1]}"}}]'
    place = f'{{"127.0.0.1", {port}, inet}}'
    rabbit.ctl("eval", f"rabbit_networking:start_ssl_listener({place}, {options}, 2, 1).")
    return port, certificate


def url_behind_tls(broker: Broker, folder: Path, case: str) -> str:
    """Let the broker listen with a certificate of CERTIFICATES; returns the URL for a client."""
    name, is_known = CERTIFICATES[case]
    port, certificate = listen(broker.server, folder, name)
    query = f"?ssl_ca_certs={certificate}" if is_known else ""
    return f"amqps://guest:guest@127.0.0.1:{port}/{broker.vhost}{query}"
