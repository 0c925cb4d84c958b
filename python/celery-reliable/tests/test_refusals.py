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

from celery_reliable.refusals import is_missing_right, is_passing, unwrapped


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


# Recorded from Redis 6.2.14, as redis-py hands them on: without the first "ERR".
CALLED = "Error running script (call to f_7b6149474e93dc3661a8a719fd6876221f0e5f0c): @user_script:1: "
MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk."
MAY_NOT_RUN = "The user executing the script can't run this command or subcommand"
MAY_NOT_TOUCH = "The user executing the script can't access at least one of the keys mentioned in the command arguments"


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        (
            f"{CALLED}@user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
            OutOfMemoryError,
            "command not allowed when used memory > 'maxmemory'.",
        ),
        (
            "@user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",  # of pcall
            OutOfMemoryError,
            "command not allowed when used memory > 'maxmemory'.",
        ),
        (
            f"{CALLED}@user_script: 1: -READONLY You can't write against a read only replica.",
            ReadOnlyError,
            "You can't write against a read only replica.",
        ),
        (
            f"{CALLED}@user_script: 1: -NOREPLICAS Not enough good replicas to write.",
            ResponseError,
            "NOREPLICAS Not enough good replicas to write.",
        ),
        (f"{CALLED}@user_script: 1: -{MISCONF}", ResponseError, MISCONF),
        (f"{CALLED}@user_script: 1: {MAY_NOT_RUN}", ResponseError, MAY_NOT_RUN),
        (f"{CALLED}@user_script: 1: {MAY_NOT_TOUCH}", ResponseError, MAY_NOT_TOUCH),
    ],
    ids=["OOM", "OOM of pcall", "READONLY", "NOREPLICAS", "MISCONF", "ACL of commands", "ACL of keys"],
)
def test_a_refusal_inside_a_script_of_redis_6_passes(text: str, kind: type[Exception], rest: str) -> None:
    refusal = unwrapped(ResponseError(text))

    assert (type(refusal), str(refusal)) == (kind, rest)
    assert is_passing(refusal)
    assert is_missing_right(refusal) == rest.startswith("The user")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"{CALLED}WRONGTYPE Operation against a key holding the wrong kind of value", "WRONGTYPE Operation"),
        ("WRONGTYPE Operation script: f_1, on @user_script:1.", "WRONGTYPE Operation"),
        ("Error compiling script (new function): user_script:2: unexpected symbol", "Error compiling"),
    ],
)
def test_an_error_inside_a_script_stays_an_error(text: str, rest: str) -> None:
    refusal = unwrapped(ResponseError(text))

    assert str(refusal).startswith(rest)
    assert not is_passing(refusal)
