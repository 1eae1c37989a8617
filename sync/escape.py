r"""Text from outside, made safe to show (docs/rules.md, rule 10). Stored exactly, shown safely.

Each edge has its own function; what the terminal must never see is shown as `\u....`.
"""

from __future__ import annotations

import re

_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u2028\u2029]"  # line and paragraph separators
)
_LIVE = re.compile(
    r"[@<>\[\]*~|`]"  # mentions, links and emphasis of the Markdowns that chats have
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # not the one in H3_NO_ERROR
    r"|:(?=//)"  # what makes a bare URL a link
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also full-width, which some spreadsheets take for the same. A tab or CR is spelled out before."""


def shown(text: str) -> str:
    """The text on one line, with every control character spelled out."""
    return _CONTROLS.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def shown_lines(text: str) -> str:
    """The same for a text of several lines of ours."""
    return "\n".join(map(shown, text.split("\n")))


def inert(text: str, *, keep: str = "") -> str:
    """The text on one line, with whatever a chat would take for a mention, a link or emphasis spelled out.

    No chat's own escape would do: the same letter goes to many, and each has another Markdown. The characters
    of `keep` stay.
    """

    def spelled_out(match: re.Match[str]) -> str:
        char = match.group()
        return char if char in keep else f"\\u{ord(char):04x}"

    return _LIVE.sub(spelled_out, shown(text))


def json_text(text: str) -> str:
    """JSON with every control character of its strings spelled out; it means the same."""
    return "\n".join(map(shown, text.split("\n")))


def csv_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    safe = shown(text)
    return f"'{safe}" if safe.startswith(_FORMULA) else safe
