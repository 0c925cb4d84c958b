"""Decides which strings become labels of metrics. In celery-js ``transport/metrics.js``."""

import re

#: The label of everything that does not get its own series.
OTHER = "other"

# A lone surrogate cannot be encoded as UTF-8 and would fail every scrape; control characters confuse readers.
_LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{0,200}")


def is_label(text: str) -> bool:
    """Tell whether a string from a sender or a task may be a label: it must be short and readable."""
    return _LABEL.fullmatch(text) is not None
