"""Which texts become labels of metrics. In celery-js ``transport/metrics.js``."""

import re

#: Stands for all that has no series of its own.
OTHER = "other"

# A lone surrogate has no UTF-8, so that it would fail every scrape; a control character confuses readers.
_LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{0,200}")


def is_label(text: str) -> bool:
    """Tell whether a text that a sender or a task has chosen may be a label: short, and readable."""
    return _LABEL.fullmatch(text) is not None
