"""Pages against a registry, without a database."""

from __future__ import annotations

from sync.check import CheckedPage, Finding, check_list, check_page
from sync.records import Assignment, Content, DocumentedTable, DocumentedValue, Record, RegistrySnapshot

WATCHED = (3000, 3999)


def assigned(first: int, name: str, last: int | None = None) -> Record:
    return Record(first, last or first, Content(name, Assignment.ASSIGNED))


REGISTRY = RegistrySnapshot(
    "codes",
    "",
    (assigned(1000, "Normal Closure"), assigned(3000, "Unauthorized"), assigned(3003, "Forbidden")),
)


def check(*rows: DocumentedValue, ignored: tuple[tuple[int, int], ...] = ()) -> CheckedPage:
    return check_page("page.md", DocumentedTable(rows), REGISTRY, WATCHED, ignored)


def test_a_page_that_lists_every_registered_code_has_no_findings() -> None:
    page = check(DocumentedValue(3000, 3000, "Unauthorized", 5), DocumentedValue(3003, 3003, "", 6))
    assert page == CheckedPage("page.md")


def test_a_missing_code_is_found_at_the_row_of_the_block_that_covers_it() -> None:
    page = check(DocumentedValue(3000, 3000, "", 5), DocumentedValue(3001, 3999, "for libraries", 6))
    assert page.missing == (Finding("3003", "Forbidden", 6, "3001-3999"),)


def test_a_missing_code_no_row_covers_is_found_where_the_table_begins() -> None:
    page = check(DocumentedValue(1000, 1000, "", 4), DocumentedValue(3000, 3000, "", 5))
    assert page.missing == (Finding("3003", "Forbidden", 4),)


def test_a_code_that_nobody_registered_is_found_in_its_own_row_with_the_pages_name() -> None:
    page = check(
        DocumentedValue(3000, 3000, "", 5),
        DocumentedValue(3003, 3003, "", 6),
        DocumentedValue(3456, 3456, "Ours", 7),
    )
    assert page == CheckedPage("page.md", unregistered=(Finding("3456", "Ours", 7),))


def test_an_ignored_code_is_listed_and_not_missing() -> None:
    page = check(DocumentedValue(3000, 3000, "", 5), ignored=((3003, 3003),))
    assert (page.missing, page.ignored) == ((), (Finding("3003", "Forbidden", 5),))


def test_an_ignored_code_of_the_pages_own_is_listed_and_not_unregistered() -> None:
    rows = [DocumentedValue(3000, 3000), DocumentedValue(3003, 3003), DocumentedValue(3456, 3456, "Ours", 7)]
    assert check(*rows, ignored=((3456, 3456),)) == CheckedPage(
        "page.md", ignored=(Finding("3456", "Ours", 7),)
    )


def test_what_is_outside_the_watched_range_is_nobodys_business() -> None:
    page = check(DocumentedValue(3000, 3000), DocumentedValue(3003, 3003), DocumentedValue(999, 999, "?"))
    assert page == CheckedPage("page.md")


def test_a_list_of_codes_in_use_has_conflicts_and_nothing_else() -> None:
    registry = RegistrySnapshot("codes", "", (*REGISTRY.records, assigned(3100, "Ten", 3109)))
    rows = [
        DocumentedValue(3000, 3000, "UNAUTHORIZED", 2),
        DocumentedValue(3003, 3003, "Kicked", 3),
        DocumentedValue(3105, 3105, "", 4),
        DocumentedValue(3456, 3456, "Ours", 5),
        DocumentedValue(3000, 3999, "all ours", 6),
    ]
    of_range = Finding("3105", "Ten (3100-3109)", 4, used_as="")
    kicked = Finding("3003", "Forbidden", 3, used_as="Kicked")
    for ignored, conflicts, fine in ((), (kicked, of_range), ()), (((3003, 3003),), (of_range,), (kicked,)):
        found = check_list("ours.csv", DocumentedTable(tuple(rows)), registry, WATCHED, ignored)
        assert found == CheckedPage("ours.csv", conflicts=conflicts, ignored=fine)
