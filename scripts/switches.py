"""Variables of make targets that are 1 or 0."""

from scripts.failure import CommandFailed


def is_on(variable: str, value: str, purpose: str, *, default: bool = False) -> bool:
    """Reads such a variable; empty means the default.

    `purpose` says what 1 does. Raises CommandFailed when the value is neither 1 nor 0.
    """
    if value in {"0", "1"}:
        return value == "1"
    if not value:
        return default
    raise CommandFailed(f"invalid {variable}={value}: use 1 to {purpose}, or 0")
