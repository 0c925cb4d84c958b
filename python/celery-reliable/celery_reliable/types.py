"""Types for objects of Celery, kombu and redis-py that have no type declarations.

Their stubs leave out what this package extends: the internals of a worker, a request, a channel. Each alias
says which object it is, and where its class is. mypy does not look into them; ``tests/test_upstream.py`` watches them.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

#: A message, or a part of it, as kombu reads it: JSON, in which anything may be wrong until it is checked.
Payload: TypeAlias = dict[str, Any]
#: A value in it.
Json: TypeAlias = Any
#: Settings, or other values by name: of an app, of a connection, of what is shown.
Settings: TypeAlias = dict[str, Any]

#: ``celery.Celery``, with what its stubs leave out (``loader``, ``amqp_cls``, ``_backend``).
App: TypeAlias = Any
#: ``celery.worker.consumer.Consumer``, or ``WorkController``.
Worker: TypeAlias = Any
#: ``celery.concurrency.base.BasePool``, and billiard's pool in it.
WorkerPool: TypeAlias = Any
#: ``celery.app.task.Task``.
Task: TypeAlias = Any
#: ``celery.worker.request.Request``, of a class that Celery makes for each task.
TaskRequest: TypeAlias = Any
#: ``celery.canvas.Signature``, ``chain``, ``group`` or ``chord``.
Signature: TypeAlias = Any
#: ``celery.result.AsyncResult`` or ``GroupResult``.
Result: TypeAlias = Any
#: ``billiard.einfo.ExceptionInfo``, or a pool's substitute for it.
Outcome: TypeAlias = Any

#: ``kombu.message.Message``.
Message: TypeAlias = Any
#: ``kombu.Connection``, or a channel of it.
BrokerConnection: TypeAlias = Any
#: ``kombu.transport.redis.Channel``.
Channel: TypeAlias = Any
#: ``kombu.asynchronous.hub.Hub``.
Hub: TypeAlias = Any

#: ``redis.ConnectionPool``.
RedisPool: TypeAlias = Any
#: ``redis.connection.AbstractConnection``, or ``PubSub``.
RedisConnection: TypeAlias = Any
#: A server's answer, in which anything may be wrong.
Reply: TypeAlias = Any

#: An argument or a result of an overridden method, passed on unchanged.
Passed: TypeAlias = Any
#: A method of that kind.
Method: TypeAlias = Callable[..., Any]
#: A module or an object of it that may not be installed, and has no stubs.
Module: TypeAlias = Any
