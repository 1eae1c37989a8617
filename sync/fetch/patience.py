"""What a `Retry-After` header asks for (RFC 9110, section 10.2.3). Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_PATIENCE = timedelta(days=1)
"""No server is granted more (docs/rules.md, rule 6)."""

_SECONDS = re.compile(r"[0-9]{1,18}")


def patience(retry_after: str | None, answered_at: datetime) -> timedelta | None:
    """How long the server wants to be left alone, a day at most.

    `retry_after` is the header as served, seconds or an HTTP date; `answered_at` is when it came (UTC).
    None when there is no such header, when it can't be read, and when its time is not ahead.
    """
    text = (retry_after or "").strip()
    if _SECONDS.fullmatch(text):
        asked = timedelta(seconds=min(int(text), LONGEST_PATIENCE.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        # RFC 5322 reads -0000 as UTC of an unknown zone, and Python as no zone at all.
        asked = (until if until.tzinfo else until.replace(tzinfo=UTC)) - answered_at
    return min(asked, LONGEST_PATIENCE) if asked > timedelta() else None
