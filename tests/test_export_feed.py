"""The feed: valid Atom, the same ids for ever, nothing in it that a reader's software could trip over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser  # type: ignore[import-untyped]
import pytest
from faces import AT, DAY, HOSTILE, WATCH, change, life
from lxml import etree

from sync.answers import Life
from sync.export.events import events
from sync.export.feed import ATOM, MOST_ENTRIES, as_atom
from sync.watches import Watch

A = f"{{{ATOM}}}"


def feed_of(*lives: Life, watch: Watch = WATCH) -> bytes:
    return as_atom(watch, events(lives), AT)


def read(feed: bytes) -> Any:  # noqa: ANN401  # feedparser has no types
    """The feed as a reader's software sees it; it must find no fault."""
    parsed = feedparser.parse(feed)
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def ids(feed: bytes) -> list[str]:
    return [entry.id for entry in read(feed).entries]


def seen_on(day: int) -> str:
    return f"Seen 2026-01-0{day} 12:00 UTC, in the document of 2026-01-0{day}."


WITHDRAWN = change(3000, "withdrawn", AT + DAY, before="Unauthorized", after=None)
RETURNED = change(3000, "returned", AT + 2 * DAY, before=None, after="Unauthorized")
RENAMED = change(
    3000, "amended", AT + 3 * DAY, field="description", before="Unauthorized", after="Not authorized"
)
EVENTFUL = life(3000, then=[WITHDRAWN, RETURNED, RENAMED])


def test_everything_that_happened_is_told_newest_first() -> None:
    feed = read(feed_of(EVENTFUL))
    assert [(entry.updated, entry.title) for entry in feed.entries] == [
        ("2026-01-04T12:00:00Z", "3000 Unauthorized: amended"),
        ("2026-01-03T12:00:00Z", "3000 Unauthorized: registered again, its withdrawal is taken back"),
        ("2026-01-02T12:00:00Z", "3000 Unauthorized: withdrawn"),
        ("2026-01-01T12:00:00Z", "3000 Unauthorized: registered"),
    ]
    assert [entry.content[0].value for entry in feed.entries] == [
        f"description: Unauthorized -> Not authorized. {seen_on(4)}",
        f"3000 Unauthorized, registered 2021-09-06. {seen_on(3)}",
        f"3000 Unauthorized is registered no longer. {seen_on(2)}",
        f"3000 Unauthorized, registered 2021-09-06. {seen_on(1)}",
    ]
    assert {entry.link for entry in feed.entries} == {
        "https://www.iana.org/assignments/codes/codes.xhtml#list"
    }


def test_it_has_what_rfc_4287_asks_for() -> None:
    root = etree.fromstring(feed_of(EVENTFUL))
    assert root.tag == f"{A}feed"
    for element in (root, *root.iter(f"{A}entry")):
        names = [child.tag for child in element]
        assert {name: names.count(f"{A}{name}") for name in ("id", "title", "updated")} == {
            "id": 1,
            "title": 1,
            "updated": 1,
        }
        assert (element.findtext(f"{A}id") or "").startswith("urn:uuid:")
    assert root.findtext(f"{A}author/{A}name") == "ianawatch"
    every = [element.text for element in root.iter(f"{A}id")]
    assert len(set(every)) == len(every)


def test_the_feed_is_as_old_as_its_newest_entry() -> None:
    assert read(feed_of(EVENTFUL)).feed.updated == "2026-01-04T12:00:00Z"


def test_without_an_entry_it_is_as_old_as_the_first_look() -> None:
    feed = read(feed_of())
    assert (feed.feed.updated, feed.entries) == ("2026-01-01T12:00:00Z", [])


def test_the_past_before_the_first_look_is_told_by_ianas_dates() -> None:
    feed = read(feed_of(life(3003, "Forbidden", "2023-02-22", baseline=True), life(3000, baseline=True)))
    assert [(entry.updated, entry.title) for entry in feed.entries] == [
        ("2023-02-22T00:00:00Z", "3003 Forbidden: registered"),
        ("2021-09-06T00:00:00Z", "3000 Unauthorized: registered"),
    ]
    assert feed.entries[0].content[0].value == (
        "3003 Forbidden, registered 2023-02-22. It was there at the first look."
    )


def test_a_database_that_is_filled_anew_says_the_same_under_the_same_ids() -> None:
    later = timedelta(hours=5)
    again = replace(
        EVENTFUL,
        first_seen_at=AT + later,
        changes=tuple(replace(row, at=row.at + later) for row in EVENTFUL.changes),
    )
    assert ids(feed_of(again)) == ids(feed_of(EVENTFUL))
    assert ids(feed_of(replace(EVENTFUL, baseline=True, changes=())))[0] == ids(feed_of(EVENTFUL))[-1]


def test_a_second_withdrawal_is_another_entry() -> None:
    second = replace(WITHDRAWN, at=AT + 4 * DAY)
    found = ids(feed_of(life(3000, then=[WITHDRAWN, RETURNED, second])))
    assert len(set(found)) == 4
    assert found[1:] == ids(feed_of(life(3000, then=[WITHDRAWN, RETURNED])))


def test_only_the_watched_range_is_told() -> None:
    lives = [life(1014, "Bad Gateway"), life(3000), life(4000, "Elsewhere")]
    assert [entry.title for entry in read(feed_of(*lives)).entries] == ["3000 Unauthorized: registered"]
    everything = replace(WATCH, watched=None)
    assert len(read(feed_of(*lives, watch=everything)).entries) == 3


def test_a_long_history_is_cut_to_the_newest() -> None:
    lives = [life(3000 + day, f"Code {day}", at=AT + day * DAY) for day in range(MOST_ENTRIES + 20)]
    entries = read(feed_of(*lives)).entries
    assert len(entries) == MOST_ENTRIES
    assert (entries[0].title, entries[-1].title) == ("3119 Code 119: registered", "3020 Code 20: registered")


def test_no_contact_is_named() -> None:
    amended = [
        change(3000, "amended", AT, field="contacts", before="Ada Lovelace", after="Grace Hopper"),
        change(3000, "amended", AT, field="references", before="person:Ada; rfc:rfc1", after="rfc:rfc2"),
    ]
    feed = feed_of(life(3000, then=amended))
    assert b"Ada" not in feed
    assert b"Grace" not in feed
    assert read(feed).entries[0].content[0].value.startswith("contacts; references: rfc:rfc1 -> rfc:rfc2.")


def test_text_from_outside_is_text() -> None:
    renamed = change(3000, "amended", AT + DAY, field="description", before=HOSTILE, after="x")
    feed = feed_of(life(3000, HOSTILE, HOSTILE, then=[renamed]))
    assert {str(element.tag).removeprefix(A) for element in etree.fromstring(feed).iter()} == {
        *("feed", "id", "title", "updated", "author", "name", "generator", "link"),
        *("entry", "published", "category", "content"),
    }
    text = feed.decode()
    assert not {char for char in text if char < " " and char != "\n"} | (
        set(text) & set("\x9b\u202e\u2028\ufffe")
    )
    assert r"\u0000\u001b[31m\u009b\u202e\u2028\ufffe" in text
    assert "&lt;script&gt;" in text
    read(feed)


@pytest.mark.parametrize("document", ["/home/me/codes.xml", "https://example.org/codes.xml?token=secret"])
def test_a_document_that_is_nobody_elses_business_is_no_link(document: str) -> None:
    feed = feed_of(EVENTFUL, watch=replace(WATCH, document=document))
    assert list(etree.fromstring(feed).iter(f"{A}link")) == []
    assert b"secret" not in feed
    assert b"/home" not in feed


def test_another_watch_is_another_feed() -> None:
    other = replace(WATCH, name="other")
    assert read(feed_of(EVENTFUL)).feed.id != read(feed_of(EVENTFUL, watch=other)).feed.id
    assert ids(feed_of(EVENTFUL)) == ids(feed_of(EVENTFUL, watch=other))
