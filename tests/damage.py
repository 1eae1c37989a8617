"""Documents as they may arrive: cut short, without an element, with a bit turned over, with a block missing.

    known = Known(body)              what is known after `body` was seen
    known.after(damaged)             what becomes of that when a damaged one is seen, and then `body` again
    tally(known, gaps(body, ...))    the same of many

Nothing but bytes, the parser and what is decided: no database and no server, so that it can be done by the
hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from lxml import etree

from sync.decide.advance import advance
from sync.decide.flags import is_watched
from sync.errors import DocumentUnusable, NotADocument
from sync.observe import kept
from sync.sights import version_of
from sync.state import (
    Change,
    ChangeKind,
    Decision,
    DocumentState,
    HoldKind,
    Observation,
    Sighting,
    Unusable,
    WatchState,
)
from sync.watches import CLOSE_CODES

DAY = timedelta(days=1)
NOON = datetime(2026, 6, 11, 12, tzinfo=UTC)
"""After every real document."""
BLOCKS = tuple(2**power for power in range(14))
"""Bytes that may be missing in one place."""


def cuts(body: bytes) -> Iterator[bytes]:
    """The document cut short after each of its bytes."""
    return (body[:end] for end in range(len(body)))


def drops(body: bytes) -> Iterator[bytes]:
    """The document without each of its elements, the root apart."""
    root = etree.fromstring(body)
    for element in list(root.iterdescendants(etree.Element)):
        parent = element.getparent()
        assert parent is not None
        place = parent.index(element)
        parent.remove(element)
        yield etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        parent.insert(place, element)


def flips(body: bytes, count: int) -> Iterator[bytes]:
    """The document with one bit turned over, as often; the same ones always."""
    random = _drawn(body)
    for _ in range(count):
        bit = random.randrange(len(body) * 8)
        damaged = bytearray(body)
        damaged[bit // 8] ^= 1 << bit % 8
        yield bytes(damaged)


def gaps(body: bytes, count: int) -> Iterator[bytes]:
    """The document with one block missing, as often; the same ones always."""
    random = _drawn(body)
    for _ in range(count):
        size = random.choice(BLOCKS)
        begin = random.randrange(max(1, len(body) - size))
        yield body[:begin] + body[begin + size :]


@dataclass(frozen=True, slots=True)
class Became:
    """What a damaged document came to. Codes are those of the watched range."""

    verdict: str
    """no document, unreadable, registry refused, harmless, set aside, many missing, older or changed."""
    registrations: int = 0
    """Codes that were alerted as registered, and are not."""
    taken_back: int = 0
    """Those of them that were alerted as withdrawn later."""
    withdrawals: int = 0
    """Codes that were alerted as withdrawn, and are registered: the damaged document was seen once."""
    withdrawals_in_two_days: int = 0
    """The same when the damaged document, and no other, was seen for two days."""


class Known:
    """What is known after a document was seen, each time anew."""

    def __init__(self, body: bytes) -> None:
        good = observation(body, NOON)
        assert isinstance(good, Sighting)
        self._good = good
        first = advance(DocumentState(), {CLOSE_CODES.name: WatchState()}, good)
        self._document = first.document
        self._watches = {name: step.state for name, step in first.watches.items()}
        self._registry = good.version.registries[CLOSE_CODES.name]
        self._keys = {r.key for state in self._watches.values() for r in state.registrations}

    def after(self, damaged: bytes) -> Became:
        """A damaged document is seen, once and for two days; each time the good one for 40 days after it."""
        seen = observation(damaged, NOON + DAY)
        if isinstance(seen, str):
            return Became("no document")
        if isinstance(seen, Unusable):
            decision = advance(self._document, self._watches, seen)
            assert {name: step.state for name, step in decision.watches.items()} == self._watches
            return Became("unreadable")
        if seen.version.registries[CLOSE_CODES.name] == self._registry:
            return Became("harmless")
        first, once = self._told(seen, observations=1)
        _, longer = self._told(seen, observations=9)
        new = {change.key for change in once if change.kind is ChangeKind.REGISTERED} - self._keys
        return Became(
            verdict(first),
            len(new),
            len(new & withdrawn(once)),
            len(withdrawn(once) & self._keys),
            len(withdrawn(longer) & self._keys),
        )

    def _told(self, seen: Sighting, observations: int) -> tuple[Decision, list[Change]]:
        """The first decision, and every change in the watched range; four observations a day."""
        story = [replace(seen, at=NOON + DAY * (1 + quarter / 4)) for quarter in range(observations)]
        story += [replace(self._good, at=story[-1].at + DAY * day) for day in range(1, 41)]
        decisions = list(self._decided(story))
        changes = [
            change
            for decision in decisions
            for step in decision.watches.values()
            for change in step.changes
            if is_watched(change.first, change.last, CLOSE_CODES.watched)
        ]
        return decisions[0], changes

    def _decided(self, story: Iterable[Observation]) -> Iterator[Decision]:
        document, watches = self._document, self._watches
        for seen in story:
            decision = advance(document, watches, seen)
            document = decision.document
            watches = {name: step.state for name, step in decision.watches.items()}
            yield decision


def observation(body: bytes, when: datetime) -> Sighting | Unusable | str:
    """What a sync makes of a body; why it is no document where it is none."""
    try:
        served = kept(CLOSE_CODES.document, body)
    except NotADocument as e:
        return e.reason
    if isinstance(served.document, str):
        return Unusable(when, served.document)
    return Sighting(when, version_of(served.document, [CLOSE_CODES], served.sha256, bundled=False))


def withdrawn(changes: Iterable[Change]) -> set[str]:
    """The registrations that were withdrawn."""
    return {change.key for change in changes if change.kind is ChangeKind.WITHDRAWN}


def verdict(decision: Decision) -> str:
    """A decision in a word or two."""
    if decision.verdict == "quarantined":
        holds = decision.watches[CLOSE_CODES.name].state.holds
        return "registry refused" if any(h.kind is HoldKind.REGISTRY for h in holds) else "unreadable"
    if decision.verdict == "older":
        return "older"
    kinds = {hold.kind for hold in decision.watches[CLOSE_CODES.name].state.holds}
    if HoldKind.RECORD in kinds:
        return "set aside"
    return "many missing" if HoldKind.MISSING in kinds else "changed"


def is_read(body: bytes) -> bool:
    """Whether the parser takes a document at all."""
    try:
        return not isinstance(kept(CLOSE_CODES.document, body).document, str)
    except (NotADocument, DocumentUnusable):
        return False


def tally(known: Known, damaged: Iterable[bytes]) -> Counter[str]:
    """What became of many damaged documents: how many of each verdict, and how many false alerts."""
    counted: Counter[str] = Counter()
    for body in damaged:
        became = known.after(body)
        counted["documents"] += 1
        counted[became.verdict.replace(" ", "_")] += 1
        counted["false_registrations"] += became.registrations
        counted["taken_back"] += became.taken_back
        counted["false_withdrawals"] += became.withdrawals
        counted["false_withdrawals_in_two_days"] += became.withdrawals_in_two_days
    return counted


def _drawn(body: bytes) -> Random:
    return Random(body)  # noqa: S311  # spreads damage, guards nothing
