"""Bounded decompression: with kombu's own decoders, a small message can expand to gigabytes.

Registered in kombu's table of compressions under its names, for messages and results of this process.
Python's codecs include compressions too, and kombu uses the codec that a message names (``check_encoding``).
"""

import bz2
import lzma
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from kombu import compression, serialization
from kombu.exceptions import ContentDisallowed, DecodeError

from celery_reliable.types import Json, Module

# The memory that an xz decoder may need besides its output; the strongest preset needs 65 MiB.
_LZMA_MEMORY_BYTES = 128 * 1024 * 1024

# Encodings of text and of bytes that are neither a compression nor take longer than the text is long.
_ENCODINGS = frozenset(
    ["", "utf-8", "utf8", "utf_8", "binary", "ascii-8bit", "ascii", "us-ascii", "iso-8859-1", "latin-1", "latin1"]
)
_SHOWN = 80

#: Makes an object of the kind of ``bz2.BZ2Decompressor``.
Make = Callable[[], Module]


def bound_decompression(limit: int) -> None:
    """Make kombu refuse data that grows beyond ``limit`` bytes, for every compression that it knows here."""
    table: Module = compression
    for content_type in table.encoders():
        make = _MAKERS.get(content_type, lambda: None)()
        encoder, _ = table.get_encoder(content_type)
        decoder = _unbounded(content_type) if make is None else _bounded(make, limit)
        table.register(encoder, decoder, content_type)


def check_encoding(content_type: Json, encoding: Json) -> None:
    """Check a body's encoding before kombu decodes the body with Python's codec of that name.

    kombu does so for types that it has no decoder for: whatever a consumer accepts, it takes "application/data" and
    "application/text", and a message without a type counts as the former.

    Raises kombu.exceptions.ContentDisallowed for a codec that is no plain one, such as "bz2", or no string.
    """
    if encoding is None:
        return
    if isinstance(encoding, str):
        kombu_s: Module = serialization
        kind = content_type or "application/data"
        is_known = isinstance(kind, str) and kind in kombu_s.registry._decoders
        if is_known or encoding.lower() in _ENCODINGS:
            return
    shown = repr(content_type)[:_SHOWN]
    raise ContentDisallowed(f"Refusing to decode content of type {shown} with the codec {encoding!r:.{_SHOWN}}")


def _bounded(make: Make, limit: int) -> Callable[[bytes], bytes]:
    def decompress(body: bytes) -> bytes:
        decompressor, parts, size = make(), [], 0
        while True:
            part = decompressor.decompress(body, limit + 1 - size)
            parts.append(part)
            size += len(part)
            if size > limit:
                raise DecodeError(f"the compressed body grows too large: the limit is decompressed_size_limit={limit}")
            if decompressor.eof:
                body = decompressor.unused_data
                if not body or isinstance(decompressor, _OF_ONE_STREAM):
                    return b"".join(parts)
                decompressor = make()  # bz2 and xz: several streams count as one
            elif not part:
                raise EOFError("the compressed body ends too soon")
            else:
                body = getattr(decompressor, "unconsumed_tail", b"")

    return decompress


def _unbounded(content_type: str) -> Callable[[bytes], bytes]:
    def refuse(_body: bytes) -> bytes:
        raise DecodeError(f"a body compressed as {content_type} cannot be read within decompressed_size_limit here")

    return refuse


class _Brotli:
    """Gives Brotli, which reports itself whether it has more output, the interface of the others."""

    unused_data = b""

    def __init__(self, module: Module) -> None:
        self._decompressor = module.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decompressor.is_finished())

    def decompress(self, body: bytes, limit: int) -> bytes:
        data = body if self._decompressor.can_accept_more_data() else b""
        return bytes(self._decompressor.process(data, output_buffer_limit=limit))


_OF_ONE_STREAM = (type(zlib.decompressobj()), _Brotli)


def _make_brotli() -> Make | None:
    module = _first_of("brotli", "brotlicffi")
    # Older versions cannot limit their output.
    return (lambda: _Brotli(module)) if hasattr(module.Decompressor, "can_accept_more_data") else None


def _make_zstd() -> Make | None:
    make: Make = _first_of("compression.zstd", "backports.zstd").ZstdDecompressor
    return make


def _first_of(*names: str) -> Module:
    """Return the first installed module; kombu has found that there is one."""
    for name in names:
        with suppress(ImportError):
            return import_module(name)
    raise ImportError(names)


#: By kombu's content type. None: cannot be bounded.
_MAKERS: dict[str, Callable[[], Make | None]] = {
    "application/x-gzip": lambda: zlib.decompressobj,
    "application/x-bz2": lambda: bz2.BZ2Decompressor,
    "application/x-lzma": lambda: lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES),
    "application/x-brotli": _make_brotli,
    "application/zstd": _make_zstd,
}
