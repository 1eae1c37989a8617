"""What a person may name, what is found in a document, and what a watch is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.discover import Candidate, Place, candidates, name_for, place
from sync.errors import UsageProblem
from sync.records import Assignment, Content, Record, RegistrySnapshot, SetAside
from sync.watches import CLOSE_CODES

TLS = "https://www.iana.org/assignments/tls-parameters/tls-parameters.xml"


@pytest.mark.parametrize(
    ("named", "registry"),
    [
        ("tls-parameters", None),
        ("tls-parameters#tls-parameters-6", "tls-parameters-6"),
        ("https://www.iana.org/assignments/tls-parameters", None),
        ("https://www.iana.org/assignments/tls-parameters/", None),
        ("http://iana.org/assignments/tls-parameters#tls-parameters-6", "tls-parameters-6"),
        (TLS, None),
        (f"{TLS}#tls-parameters-6", "tls-parameters-6"),
        (TLS.replace(".xml", ".xhtml"), None),
        (TLS.replace(".xml", ".xhtml#tls-parameters-6"), "tls-parameters-6"),
        (TLS.replace(".xml", ".html"), None),
        (TLS.replace(".xml", ".txt"), None),
        ("https://www.iana.org/assignments/tls-parameters/tls-parameters-6.csv", "tls-parameters-6"),
    ],
)
def test_whatever_names_one_of_ianas_documents_leads_to_its_xml(named: str, registry: str | None) -> None:
    found = place(named)
    assert (found.document, found.registry) == (TLS, registry)


def test_a_short_name_is_remembered_for_an_error() -> None:
    assert place("tls-parameters#a").short_name == "tls-parameters"
    assert place(TLS).short_name is None
    assert place("_6lowpan-parameters").document.endswith("/_6lowpan-parameters/_6lowpan-parameters.xml")


def test_the_shipped_watch_is_on_a_document_of_ianas() -> None:
    assert place("websocket").document == CLOSE_CODES.document


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://mirror.example/a/b.xml", Place("https://mirror.example/a/b.xml")),
        ("https://mirror.example/b.xml?x=1#a%20b", Place("https://mirror.example/b.xml?x=1", "a b")),
        ("https://www.iana.org/elsewhere.xml", Place("https://www.iana.org/elsewhere.xml")),
        ("https://www.iana.org/assignments/", Place("https://www.iana.org/assignments/")),
    ],
)
def test_any_other_url_is_left_as_it_is(url: str, found: Place) -> None:
    assert place(url) == found


def test_a_file_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert place("document.xml").document == str(tmp_path / "document.xml")
    assert place("sub/../a#b").document == str(tmp_path / "a#b")
    assert place("~/a.xml").document == str(tmp_path / "home" / "a.xml")
    assert place("/srv/a.xml") == Place("/srv/a.xml")


@pytest.mark.parametrize("named", ["", "two words", "#a", "-x", "a\nb", "ftp://a/b.xml", "http://[/"])
def test_what_names_no_document_is_refused(named: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        place(named)
    assert "\n" not in str(caught.value)


def test_a_registry_is_told_with_what_a_person_chooses_by() -> None:
    def record(value: int, assignment: Assignment) -> Record:
        return Record(value, value, Content("x", assignment))

    registries = [
        RegistrySnapshot(
            "a",
            "A registry",
            (record(1, Assignment.ASSIGNED), record(2, Assignment.UNASSIGNED)),
            (SetAside("its range is reversed", "5-4 x"),),
        ),
        RegistrySnapshot("b", "", (), unfit="it has no records"),
    ]
    assert candidates(registries, {"b": "mine"}) == (
        Candidate("a", "A registry", 3, 1, ("its range is reversed (5-4 x)",)),
        Candidate("b", "", 0, 0, unfit="it has no records", watched_as="mine"),
    )


@pytest.mark.parametrize(
    ("document", "registry", "alone", "name"),
    [
        (TLS, "tls-parameters-6", True, "tls-parameters"),
        (TLS, "tls-parameters-6", False, "tls-parameters-6"),
        ("https://mirror.example/A%20B.xml?x=1", "r", True, "a-b"),
        ("/srv/Meine Codes.xml", "r", True, "meine-codes"),
        ("https://mirror.example/", "The Registry!", True, "the-registry"),
        ("/srv/\N{GREEK SMALL LETTER ALPHA}.xml", "\N{GREEK SMALL LETTER BETA}", False, "registry"),
    ],
)
def test_a_watch_is_called_after_what_iana_calls_it(
    document: str, registry: str, name: str, *, alone: bool
) -> None:
    assert name_for(document, registry, alone=alone, taken=()) == name


def test_no_two_watches_have_one_name() -> None:
    assert name_for(TLS, "a", alone=False, taken={"a", "a-2"}) == "a-3"
