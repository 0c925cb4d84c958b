"""Virtual hosts of one server, one for each test of this process. They are used again.

Native delayed delivery declares 28 quorum queues in each, which takes longer than most tests, and which all
would have to be kept.
"""

import secrets
from collections.abc import Sequence
from itertools import count
from typing import Any

from kombu import pools

from tests.brokers.rabbitmq.node import RabbitNode

# A command of `rabbitmqctl` takes a second, whatever it does.
AT_ONCE = 10
# Erlang, for `rabbitmqctl eval`: deletes queues and exchanges, and empties those of delayed delivery.
_CLEAN = """
Stays = fun({resource, _, _, Name}) ->
  case Name of
    <<>> -> true;
    <<"amq.", _/binary>> -> true;
    <<"celery_delayed_", _/binary>> -> true;
    _ -> false
  end
end,
lists:foreach(fun(Vhost) ->
  lists:foreach(fun(Queue) ->
    case Stays(amqqueue:get_name(Queue)) of
      true -> catch rabbit_amqqueue:purge(Queue);
      false -> catch rabbit_amqqueue:delete(Queue, false, false, <<"tests">>)
    end
  end, rabbit_amqqueue:list(Vhost)),
  lists:foreach(fun(Exchange) ->
    Name = element(2, Exchange),
    Stays(Name) orelse (catch rabbit_exchange:delete(Name, false, <<"tests">>))
  end, rabbit_exchange:list(Vhost))
end, [VHOSTS]).
"""


class Vhosts:
    """Gives them out, and cleans those that were given back when it needs more."""

    def __init__(self, server: RabbitNode) -> None:
        self.server = server
        prefix = f"test-{secrets.token_hex(4)}"  # other processes make some too
        self._names = (f"{prefix}-{number}" for number in count(1))
        self._unused: list[str] = []
        self._used: list[str] = []

    def take(self) -> str:
        """Return the name of one without queues, but those of delayed delivery."""
        if not self._unused:
            self._unused, self._used = self._used, []
            if self._unused:
                self._clean(self._unused)
            else:
                self._unused = [next(self._names) for _ in range(AT_ONCE)]
                self.server.add_vhosts(self._unused)
        return self._unused.pop()

    def give_back(self, name: str) -> None:
        """Note that nobody uses it any longer."""
        self._used.append(name)

    def _clean(self, names: Sequence[str]) -> None:
        _forget_connections(names)
        vhosts = ", ".join(f'<<"{name}">>' for name in names)
        self.server.ctl("eval", _CLEAN.replace("VHOSTS", vhosts))


def _forget_connections(vhosts: Sequence[str]) -> None:
    """Close kombu's pools for these in this process: their connections remember what they have declared."""
    producers: dict[Any, Any] = pools.producers
    connections: dict[Any, Any] = pools.connections
    for key, pool in list(producers.items()):
        if pool.connections.connection.virtual_host in vhosts:
            producers.pop(key).force_close_all()
    for key, pool in list(connections.items()):
        if pool.connection.virtual_host in vhosts:
            connections.pop(key).force_close_all()
