"""Real documents, damaged in every way: how many are noticed, and how many false alerts the others raise.

Each is seen once, and then the good one again: no code may ever be alerted as withdrawn. What a damaged
document registers can't be told from news; the figures say how often that happens.

The quick rows damage the document that ships with the program, the matrix the real ones.
"""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import SHARED, Reliability
from damage import Known, cuts, drops, flips, gaps, is_read, tally
from sampling import evenly, share

from sync.sources import read_bundled
from sync.watches import CLOSE_CODES

HISTORY = SHARED / "iana-websocket-history"
DOCUMENTS = sorted(HISTORY.glob("*.xml")) if HISTORY.is_dir() else []
MANY = 20_000
"""Bits and blocks of all documents together."""
FIGURES = (
    "documents",
    "unreadable",
    "no_document",
    "registry_refused",
    "many_missing",
    "set_aside",
    "harmless",
    "changed",
    "false_registrations",
    "taken_back",
    "false_withdrawals",
    "false_withdrawals_in_two_days",
)


def shipped() -> bytes:
    """The document that ships with the program."""
    assert CLOSE_CODES.bundle
    return read_bundled(CLOSE_CODES.bundle.document)


@pytest.fixture
def documents() -> list[bytes]:
    """The real documents that this run takes."""
    if not DOCUMENTS:
        pytest.skip(
            "no folder `shared` with real documents beside this checkout: the shipped one stands for them"
        )
    return [path.read_bytes() for path in share(DOCUMENTS)]


def each(documents: list[bytes]) -> int:
    """How much damage is done to each document."""
    return -(-MANY // len(DOCUMENTS or documents))


def told(reliability: Reliability, row: str, counted: Counter[str]) -> None:
    """Have the figures printed; and of what was seen once and no more, no code may be withdrawn."""
    reliability(row, **{name: counted[name] for name in FIGURES})
    assert counted["false_withdrawals"] == 0
    assert sum(counted[name] for name in FIGURES[1:8]) == counted["documents"]


# -- the document that ships ---------------------------------------------------------------------------


def test_the_shipped_document_cut_short_is_never_a_shorter_list() -> None:
    body = shipped()
    read = [cut for cut in evenly(list(cuts(body)), 1000) if is_read(cut)]
    assert all(body.startswith(cut) and not body[len(cut) :].strip() for cut in read)


@pytest.mark.parametrize("damage", ["an element", "a bit", "a block"])
def test_the_shipped_document_damaged_alerts_no_withdrawal(damage: str) -> None:
    body = shipped()
    damaged = {
        "an element": drops(body),
        "a bit": flips(body, 500),
        "a block": gaps(body, 500),
    }
    counted = tally(Known(body), damaged[damage])
    assert counted["false_withdrawals"] == 0
    assert counted["documents"] > 90


# -- the real ones -------------------------------------------------------------------------------------


@pytest.mark.matrix
def test_real_documents_cut_at_every_byte(documents: list[bytes], reliability: Reliability) -> None:
    counted: Counter[str] = Counter()
    for body in documents:
        for cut in cuts(body):
            counted["cuts"] += 1
            if is_read(cut):
                counted["read"] += 1
                counted["shorter_lists"] += bool(body[len(cut) :].strip())
    reliability(
        "real documents cut at every byte", **{n: counted[n] for n in ("cuts", "read", "shorter_lists")}
    )
    assert counted["shorter_lists"] == 0


@pytest.mark.matrix
def test_real_documents_without_each_element(documents: list[bytes], reliability: Reliability) -> None:
    counted: Counter[str] = Counter()
    for body in documents:
        counted += tally(Known(body), drops(body))
    told(reliability, "real documents without each of their elements", counted)


@pytest.mark.matrix
def test_real_documents_with_a_bit_turned_over(documents: list[bytes], reliability: Reliability) -> None:
    counted: Counter[str] = Counter()
    for body in documents:
        counted += tally(Known(body), flips(body, each(documents)))
    told(reliability, "real documents with one bit turned over", counted)


@pytest.mark.matrix
def test_real_documents_with_a_block_missing(documents: list[bytes], reliability: Reliability) -> None:
    counted: Counter[str] = Counter()
    for body in documents:
        counted += tally(Known(body), gaps(body, each(documents)))
    told(reliability, "real documents with one block missing", counted)
