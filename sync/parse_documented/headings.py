"""The words that stand over a column of values, in the languages of pages that document them."""

from __future__ import annotations

import re

_LONGEST = 200
"""Characters. A heading, or the sentence before a list; what is longer is prose."""
_VALUES = re.compile(
    # English, German compounds, French, Spanish and Portuguese, Russian
    r"codes?\b|\bvalues?\b|\bstatus\b|\bwerte?\b|\bvaleurs?\b|\bc[o\u00f3]digos?\b|\bvalor(?:es)?\b"
    r"|\b\u043a\u043e\u0434\u044b?\b|\b\u0437\u043d\u0430\u0447\u0435\u043d\u0438[\u0435\u044f]\b"
    # Japanese, Chinese (both scripts), Korean
    r"|\u30b3\u30fc\u30c9|\u4ee3\u7801|\u4ee3\u78bc|\u72b6\u6001\u7801|\u72c0\u614b\u78bc|[\u503c\u5024]"
    r"|\ucf54\ub4dc|\uac12",
    re.IGNORECASE,
)


def heads_values(text: str) -> bool:
    """Whether a column under this heading says of itself that it holds values or codes."""
    return len(text) <= _LONGEST and _VALUES.search(text) is not None
