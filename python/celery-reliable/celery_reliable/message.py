"""A message of our channels (``Channel.Message``): decompressed once, decoded with plain codecs."""

from kombu.transport import virtual

from celery_reliable.decompression import check_encoding
from celery_reliable.envelope import PLAIN
from celery_reliable.types import Channel, Passed, Payload


class Message(virtual.Message):
    """Mirrors ``kombu.transport.virtual.Message``."""

    def __init__(self, payload: Payload, channel: Channel = None, **kwargs: Passed) -> None:
        plain = payload.get(PLAIN)
        if plain is None:
            super().__init__(payload, channel=channel, **kwargs)
            return
        headers, properties = payload["headers"], payload["properties"]
        as_it_is = {"body": plain, "headers": None, "properties": {**properties, "body_encoding": None}}
        super().__init__({**payload, **as_it_is}, channel=channel, **kwargs)
        self._raw, self.headers, self.properties = payload, headers, properties

    def _decode(self) -> Passed:
        """Decode the body. Raises kombu.exceptions.ContentDisallowed for a codec that could expand it."""
        check_encoding(self.content_type, self.content_encoding)
        return super()._decode()
