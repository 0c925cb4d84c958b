"""URLs of RabbitMQ mean the same in both languages, and are refused with the same words."""

import json
import re
import subprocess
from typing import Any

import pytest
from celery_reliable.rabbitmq import recommended
from celery_reliable.rabbitmq_url import check_url
from celery_reliable.server_url import UrlError
from kombu import Connection

from scripts.paths import NODE_PROJECT, ROOT

URL_JS = (ROOT / "node/celery-js/src/transport/amqp/url.js").as_uri()
ACCEPTED = [
    "amqp://",
    "amqp://h",
    "amqp://h/",
    "amqp://h//",
    "amqp://h/jobs",
    "amqp://h/%2Fjobs",
    "amqp://u:p%40%2F@h:1/v",
    "amqp://u:p@[::1]:5673/v",
    "pyamqp://h/v",
    "amqps://h/v",
    "amqp://one/v;u:p@two:2/w;",
]
REFUSED = {
    "amqp://h:99999": "the host or port cannot be read",
    "amqp://u:a/b@h": "in a password, / is written %2F",
    "amqp://h?heartbeat=1": "unknown parameter 'heartbeat'",
    "amqp://h?ssl_ca_certs=x": "ssl_ca_certs is for amqps://",
    "amqp://h;redis://h": "unknown scheme 'redis'; expected amqp:// or amqps://",
    "amqps://h;amqp://h": "all servers need the same scheme, amqp:// or amqps://",
}


def in_node(url: str) -> Any:
    """The servers' parts, or the error."""
    script = f"""
import {{ parseAmqpUrls }} from {json.dumps(URL_JS)};
try {{
  const parts = parseAmqpUrls({json.dumps(url)});
  const places = parts.map((one) => [one.host, one.port, one.vhost, one.username, one.password]);
  console.log(JSON.stringify(places));
}} catch (error) {{
  console.log(JSON.stringify(error.message));
}}"""
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=NODE_PROJECT, capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def in_python(url: str) -> list[list[Any]]:
    """The same of kombu, with its driver's defaults."""
    settings = recommended(url)
    found = []
    for one in settings["broker_url"].split(";"):
        with Connection(one, ssl=settings["broker_use_ssl"]) as connection:
            default = connection.transport.default_connection_params
            host = connection.hostname or "127.0.0.1"
            user = [connection.userid or default["userid"], connection.password or default["password"]]
            found.append([host, connection.port or default["port"], connection.virtual_host, *user])
    return found


@pytest.mark.parametrize("url", ACCEPTED)
def test_a_url_means_the_same_in_both_languages(url: str) -> None:
    check_url(url)

    assert in_node(url) == in_python(url)


@pytest.mark.parametrize("url", REFUSED)
def test_both_languages_refuse_a_url_with_the_same_words(url: str) -> None:
    with pytest.raises(ValueError, match=re.escape(REFUSED[url])) as refusal:
        check_url(url)
    assert REFUSED[url] in in_node(url)
    assert isinstance(refusal.value, UrlError) or "host or port" in str(refusal.value)
