"""Typed calls of the jobs: ``connect()``, then ``jobs.js.reports.pdf.render.delay("ACME", [1])``."""

from .canvas import Group, Signature, Step, chain, chord, group
from .connecting import connect
from .contract import Jobs
from .errors import OperationalError, TimeoutError
from .job import GroupJob, Job, State
from .options import SendOptions
from .task import Task

__all__ = [
    "Group",
    "GroupJob",
    "Job",
    "Jobs",
    "OperationalError",
    "SendOptions",
    "Signature",
    "State",
    "Step",
    "Task",
    "TimeoutError",
    "chain",
    "chord",
    "connect",
    "group",
]
