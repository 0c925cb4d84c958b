"""Which answers of a server pass, and which are about the command itself."""

import pytest
from redis.exceptions import (
    AuthenticationError,
    DataError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

from celery_reliable.refusals import is_passing


@pytest.mark.parametrize(
    "error",
    [
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        ReadOnlyError("You can't write against a read only replica."),
        NoPermissionError("User app has no permissions to run the 'evalsha' command"),
        AuthenticationError("invalid username-password pair or user is disabled."),
        ResponseError("BUSY Valkey is busy running a script."),
        ResponseError("MISCONF Valkey is configured to save RDB snapshots"),
        ResponseError("NOREPLICAS Not enough good replicas to write."),
        ResponseError("ACL failure in script: User app has no permissions to run the 'set' command"),
    ],
    ids=lambda error: str(error).partition(" ")[0],
)
def test_a_refusal_of_everything_passes(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    "error",
    [
        ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"),
        ResponseError("BUSYGROUP Consumer Group name already exists"),
        ResponseError("string exceeds maximum allowed size (proto-max-bulk-len)"),
        NoScriptError("No matching script."),
        DataError("Invalid input of type"),
        ValueError("MISCONF"),
    ],
    ids=lambda error: str(error).partition(" ")[0],
)
def test_a_refusal_of_one_command_does_not_pass(error: Exception) -> None:
    assert not is_passing(error)
