"""The facts of a run that the verdict judges: messages sent, executions, faults, remains."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Language(StrEnum):
    """The language of a worker, and of the tasks that it runs."""

    PYTHON = "python"
    NODE = "node"


@dataclass(frozen=True)
class Step:
    """One task of a job; `retries` is how often it asks to be tried again before it succeeds."""

    language: Language
    seconds: float
    retries: int = 0


@dataclass(frozen=True)
class Job:
    """A numbered publish: one task, the tasks of a chain, or a chord, whose last step is its body."""

    number: int
    steps: tuple[Step, ...]
    eta_s: float = 0.0  # how long after its publish it may start
    is_chord: bool = False

    def senders_of(self, step: int) -> range:
        """The steps by whose ends a step is sent: none of those that the client sends."""
        if self.is_chord:
            return range(step) if step == len(self.steps) - 1 else range(0)
        return range(max(0, step - 1), step)


@dataclass(frozen=True)
class Publish:
    """A sent job, with times since the epoch. With an `error`, it is unknown whether it was queued."""

    number: int
    began: float
    ended: float
    error: str | None = None


@dataclass(frozen=True)
class Run:
    """One execution. `attempt` is the message's count of retries, `tag` the delivery that it came with.

    `outcome` is None when it was never finished, "retry" when it asked to be tried again, else "end".
    """

    number: int
    step: int
    attempt: int
    tag: str
    pid: int
    redelivered: bool
    began: float
    ended: float | None = None
    outcome: str | None = None

    @property
    def worker(self) -> str:
        """The name of the worker, by which its tags begin."""
        return self.tag.partition("/")[0]


class FaultKind(StrEnum):
    """What was done. The value is what the report calls it."""

    KILL = "SIGKILL of a worker"
    KILL_CHILD = "SIGKILL of a pool process"
    TERM = "SIGTERM of a worker"
    TERM_CHILD = "SIGTERM of a pool process"
    CUT = "connections cut"
    LATE_CUT = "connections cut, commands arrive late"
    FREEZE = "connections frozen, shorter than a lease"
    LONG_FREEZE = "connections frozen, longer than a lease"
    CLIENT_KILL = "CLIENT KILL"
    CLIENT_PAUSE = "CLIENT PAUSE"
    RESTART = "server restarted in order"
    CRASH = "server killed and started"
    FAILOVER = "failover, the primary killed"
    FAILOVER_FROZEN = "failover, the primary frozen"


KILLS = (FaultKind.KILL, FaultKind.KILL_CHILD)
SERVER_RESTARTS = (FaultKind.RESTART, FaultKind.CRASH)
FAILOVERS = (FaultKind.FAILOVER, FaultKind.FAILOVER_FROZEN)
# How long a confirmed write may take to reach a replica.
REPLICATED_WITHIN_S = 0.5
# A worker that suffered one of these may have lost its messages to another one.
LOSING_ALL = (FaultKind.KILL, FaultKind.LONG_FREEZE)
LOSING_ONE = (FaultKind.KILL_CHILD, FaultKind.TERM_CHILD)
# A lease that is renewed three times in its length may have this much left when a freeze begins.
LEFT_OF_A_LEASE = 2 / 3


@dataclass(frozen=True)
class Fault:
    """Something that was done to a worker, or with `worker` None to the server and so to all of them.

    `held` are the tags that the worker had just after it began, with the id of each message's task. `elected`
    is when the sentinels named another primary.
    """

    kind: FaultKind
    began: float
    ended: float
    language: Language | None = None
    worker: str | None = None
    pid: int | None = None
    held: Mapping[str, str] = field(default_factory=dict)
    elected: float = 0.0

    def may_have_lost(self, moment: float | None) -> bool:
        """Whether a failover may have lost what a server confirmed at this moment."""
        is_failover = self.kind in FAILOVERS and moment is not None
        return is_failover and self.began - REPLICATED_WITHIN_S <= (moment or 0) <= self.ended

    def concerns(self, worker: str) -> bool:
        """Whether a worker of this name felt it."""
        return self.worker is None or self.worker == worker


@dataclass(frozen=True)
class Remains:
    """The content of the server when all work is done.

    `keys` are the lengths of the broker's keys, `dead` the dead letters (reason and task id), `states` the
    stored states by task id.
    """

    keys: Mapping[str, int]
    dead: tuple[tuple[str, str], ...]
    states: Mapping[str, str]


def freeze_kind(seconds: float, lease_s: float) -> FaultKind:
    """What a freeze was by its real length: a busy machine may end a short one late."""
    return FaultKind.LONG_FREEZE if seconds >= LEFT_OF_A_LEASE * lease_s else FaultKind.FREEZE


def task_id(number: int, step: int) -> str:
    """The id under which a job's step is sent."""
    return f"{number}-{step}"
