"""The stamps that revoke tasks: as many as ids, and found at once (``celery.worker.state.revoked_stamps``).

Celery keeps each in a list, again and again, and searches the list for each of a message's stamps.
"""

from collections.abc import Iterable

from celery.worker import state

_SCALARS = (str, int, float, type(None))
_MOST_STAMPS = 50_000


class Stamps(list[object]):
    """The stamps of one header, oldest first, once each: a list, as Celery expects, with a set of what it contains."""

    def __init__(self, stamps: Iterable[object]) -> None:
        super().__init__({_key(stamp): stamp for stamp in stamps}.values())
        self._keys = frozenset(map(_key, self))

    def __contains__(self, stamp: object) -> bool:
        return _key(stamp) in self._keys


def _key(stamp: object) -> object:
    return stamp if isinstance(stamp, _SCALARS) else (type(stamp), repr(stamp))


def bound_revoked_stamps(headers: Iterable[str]) -> None:
    """Tidy the stamps after these headers' were added: the oldest of all that exceed Celery's number of ids go."""
    revoked = state.revoked_stamps
    for header in headers:
        if header in revoked:
            revoked[header] = Stamps(revoked.pop(header))
    # Celery takes 0 for any number of ids.
    surplus = sum(map(len, revoked.values())) - (state.REVOKES_MAX or _MOST_STAMPS)
    for header in tuple(revoked):
        if surplus <= 0:
            return
        stamps = revoked[header]
        if len(stamps) <= surplus:
            del revoked[header]
        else:
            revoked[header] = Stamps(stamps[surplus:])
        surplus -= len(stamps)
