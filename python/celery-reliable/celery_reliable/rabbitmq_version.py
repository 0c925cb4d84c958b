"""The version of a RabbitMQ server, as it says itself."""

from celery_reliable.types import BrokerConnection


def major_version(connection: BrokerConnection) -> int:
    """Return the server's major version, as Node does (`driver.js`); 0 if it does not say."""
    return int(str(connection.connection.server_properties.get("version", "0")).split(".", 1)[0])
