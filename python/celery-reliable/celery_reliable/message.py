"""A message of our channels (``Channel.Message``): its body is decoded with plain codecs only."""

from kombu.transport import virtual

from celery_reliable.decompression import check_encoding
from celery_reliable.types import Passed


class Message(virtual.Message):
    """Mirrors ``kombu.transport.virtual.Message``."""

    def _decode(self) -> Passed:
        """Decode the body. Raises kombu.exceptions.ContentDisallowed for a codec that could expand it."""
        check_encoding(self.content_type, self.content_encoding)
        return super()._decode()
