"""A server on this machine that keeps what programs POST to it."""

import gzip
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli  # type: ignore[import-untyped]


class HttpSink:
    """Answers every POST with `answer`, after `on_body` got its path and its body, decompressed."""

    def __init__(self, on_body: Callable[[str, bytes], None], answer: bytes = b"{}") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                encoding = self.headers.get("Content-Encoding", "")
                on_body(self.path, _decoded(self._body(), encoding))
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def _body(self) -> bytes:
                if length := self.headers.get("Content-Length"):
                    return self.rfile.read(int(length))
                chunks = []
                while size := int(self.rfile.readline(), 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _decoded(body: bytes, encoding: str) -> bytes:
    decode: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}
    return decode.get(encoding, bytes)(body)
