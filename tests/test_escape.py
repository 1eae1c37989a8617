"""Text from outside is text: what each edge lets through, and what it spells out."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.escape import csv_cell, inert, json_text, shown, shown_lines

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SEPARATORS = "\u2028\u2029"
FULL_WIDTH = ["\uff1d1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"]
"""Signs that some spreadsheets take for `=`, `+`, `-` and `@`."""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def dangerous(text: str) -> set[str]:
    """The characters of a text that a terminal or a reader must never see."""
    return {c for c in text if unicodedata.category(c) == "Cc" or c in BIDI or c in SEPARATORS}


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mred", "\\u001b[31mred"),
        ("two\r\nlines\tand a tab", "two\\u000d\\u000alines\\u0009and a tab"),
        ("\x9b31m", "\\u009b31m"),
        ("\x7f", "\\u007f"),
        ("\u202eexe.txt", "\\u202eexe.txt"),
        ("a\u2028b", "a\\u2028b"),
    ],
)
def test_controls_are_spelled_out(text: str, safe: str) -> None:
    assert shown(text) == safe


@pytest.mark.parametrize(
    "text", ["Normal Closure", "通常のクローズ", "schließen", "a\u00a0b", "🛑", "\\u001b", "<b>[i]"]
)
def test_all_other_text_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


@given(TEXTS)
@example(BIDI + SEPARATORS + "\x00\x1b\x7f\x80\x9b\x9f")
def test_nothing_dangerous_is_shown_at_any_edge(text: str) -> None:
    for edge in (shown, csv_cell, inert, lambda t: json_text(json.dumps(t, ensure_ascii=False))):
        assert dangerous(edge(text)) == set()
    assert dangerous(shown_lines(text)) <= {"\n"}


@given(st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)))
def test_json_means_the_same(document: object) -> None:
    for indent in (None, 2):
        assert json.loads(json_text(json.dumps(document, ensure_ascii=False, indent=indent))) == document


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "-", "=cmd|' /C calc'!A0", *FULL_WIDTH])
def test_a_formula_in_a_cell_is_text(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@given(TEXTS)
@example("\t=1")
@example("\r=1")
def test_no_cell_begins_a_formula(text: str) -> None:
    assert not csv_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", *(f[0] for f in FULL_WIDTH)))


@pytest.mark.parametrize("text", ["", "Timeout", "1-2", "a=b", "'quoted'", "2021-09-06"])
def test_a_cell_that_is_no_formula_is_left_alone(text: str) -> None:
    assert csv_cell(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("@everyone", "\\u0040everyone"),
        ("<!here> <@U1>", "\\u003c!here\\u003e \\u003c\\u0040U1\\u003e"),
        ("[a](b)", "\\u005ba\\u005d(b)"),
        ("https://a.example", "https\\u003a//a.example"),
        ("*b* ~c~ |d| `e`", "\\u002ab\\u002a \\u007ec\\u007e \\u007cd\\u007c \\u0060e\\u0060"),
        ("_em_ H3_NO_ERROR", "\\u005fem\\u005f H3_NO_ERROR"),
        ("\x1b\n", "\\u001b\\u000a"),
        ("Going Away: (1001), 50% & more!", "Going Away: (1001), 50% & more!"),
    ],
)
def test_what_a_chat_would_bring_to_life_is_spelled_out(text: str, safe: str) -> None:
    assert inert(text) == safe


def test_what_is_ours_can_be_kept() -> None:
    assert inert("`a` *b* @c", keep="`*") == "`a` *b* \\u0040c"
