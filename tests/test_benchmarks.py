"""The benchmarks without their measuring: what is generated, the sides' turns, the table, what is kept."""

from __future__ import annotations

import json
import sqlite3
import sys
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import copy_of_iana, picture, report
from benchmarks.__main__ import PAGE, RESULTS, on_page
from benchmarks.figures import Curve, Figure, Measured, Results, Unit
from benchmarks.measure import Cost, Side, by_turns, cpu, run
from benchmarks.watch_lists import configuration, listing, numeric_watches
from benchmarks.whole_copy import Bench
from sync.intervals import MAX_VALUE
from sync.parse_registry.document import parse_document

FIGURE = Figure("`sync`", "a script", Unit.SECONDS, ours=0.5, floor=0.4, ratio=1.25, most=1.3)
CURVE = Curve("Growth", "years", "KiB", ((0.0, 100.0), (1.0, 200.0), (10.0, 200.0)))
RESULT = Results(
    "2 cores", {"sync": Measured((FIGURE,)), "growth": Measured((replace(FIGURE, most=None),), CURVE)}
)


@pytest.fixture(scope="module")
def documents() -> list[copy_of_iana.Document]:
    return list(copy_of_iana.documents())


def test_the_copy_has_the_shape_of_ianas_documents(documents: list[copy_of_iana.Document]) -> None:
    registries = [registry for document in documents for registry in document.registries]
    numeric = [registry for registry in registries if registry.numeric]
    sizes = [len(document.body) for document in documents]
    assert len(documents) == 683
    assert sum(registry.records for registry in registries) == 110_446
    assert (len(numeric), sum(registry.records for registry in numeric)) == (2_214, 33_309)
    assert sum(sizes) == pytest.approx(25.5e6, rel=0.02)
    assert max(sizes) == pytest.approx(3.9e6, rel=0.02)


def test_the_copy_is_always_the_same(documents: list[copy_of_iana.Document]) -> None:
    again = copy_of_iana.documents()
    assert [next(again) for _ in range(3)] == documents[:3]


def test_the_program_can_use_every_numeric_record_of_the_copy(documents: list[copy_of_iana.Document]) -> None:
    for document in documents[::7]:
        read = parse_document(document.body)
        for registry in document.registries:
            if registry.numeric:
                snapshot = read.registry(registry.id, (0, MAX_VALUE))
                assert (len(snapshot.records), snapshot.set_aside) == (registry.records, ())


def test_a_registry_of_names_is_not_numeric(documents: list[copy_of_iana.Document]) -> None:
    names = max(documents[0].registries, key=lambda registry: registry.records)
    root = etree.fromstring(documents[0].body)
    values = [value.text or "" for value in root.iter(f"{{{copy_of_iana.NAMESPACE}}}value")]
    assert not names.numeric
    assert not all(value.isdigit() for value in values)


def test_the_program_and_the_floor_are_given_the_same_watches(documents: list[copy_of_iana.Document]) -> None:
    watches = numeric_watches(documents, lambda document: f"/copy/{document.name}.xml", 2_000)
    read = tomllib.loads(configuration(watches))
    assert read["close_codes"] is False
    told = [(table["document"], table["registry"]) for table in read["watch"]]
    assert told == [tuple(line.split()) for line in listing(watches).splitlines()]
    assert len({table["name"] for table in read["watch"]}) == 2_000


def test_the_floor_of_a_whole_copy_leaves_the_programs_rows(
    documents: list[copy_of_iana.Document], tmp_path: Path
) -> None:
    bench = Bench(tmp_path, documents[100:110])
    bench.load()
    bench.floor()
    bench.compare()
    with closing(sqlite3.connect(tmp_path / "floor.db")) as floor, floor:
        floor.execute("UPDATE registration SET revised_on = '2026-01-01' WHERE id = 1")
    with pytest.raises(SystemExit, match="the floor has other rows in registration"):
        bench.compare()


def test_both_sides_run_by_turns_after_a_first_time_that_does_not_count() -> None:
    ran: list[str] = []

    def side(name: str, seconds: float) -> Side:
        def turn() -> Cost:
            ran.append(name)
            return Cost(seconds * len(ran))

        return turn

    pairs = by_turns(side("ours", 2.0), side("floor", 1.0), rounds=2)
    assert ran == ["ours", "floor"] * 3
    assert cpu("", "", pairs).ratio == pytest.approx((2 * 3 / 4 + 2 * 5 / 6) / 2)


def test_a_process_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="exit status 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_a_process_has_its_cpu_time_and_its_memory(tmp_path: Path) -> None:
    cost = run([sys.executable, "-c", "held = bytearray(50_000_000)"], tmp_path)
    assert cost.seconds > 0
    assert 50_000_000 < cost.peak < 100_000_000


def test_the_memory_of_a_process_is_not_that_of_the_one_that_measures_it(tmp_path: Path) -> None:
    held = bytearray(200_000_000)
    assert run([sys.executable, "-c", "pass"], tmp_path).peak < len(held) / 4


def test_what_is_kept_is_read_back() -> None:
    assert report.from_json(report.to_json(RESULT)) == RESULT


def test_a_row_says_what_it_was_and_whether_its_limit_is_kept() -> None:
    (row,) = report.rows([FIGURE], {"`sync`": 1.18})
    assert row == "| `sync` | 1.25 (was 1.18) | 1.3 | yes | 500 ms | 400 ms | a script |"


def test_a_ratio_that_has_not_changed_is_told_once() -> None:
    (row,) = report.rows([FIGURE], {"`sync`": 1.2511})
    assert "| 1.25 |" in row


@pytest.mark.parametrize(
    ("ratio", "most", "held"), [(1.304, 1.3, True), (1.306, 1.3, False), (9.0, None, None), (0.0, 0.0, True)]
)
def test_a_limit_is_kept_to_the_digits_that_are_shown(
    ratio: float, most: float | None, held: bool | None
) -> None:
    assert replace(FIGURE, ratio=ratio, most=most).held is held


def test_the_verdict_names_what_is_not_kept() -> None:
    assert report.verdict([FIGURE]) == "The one limit is kept."
    assert report.verdict([FIGURE, FIGURE]) == "All 2 limits are kept."
    assert report.verdict([FIGURE, replace(FIGURE, ratio=2.0)]) == "Not kept: `sync` (2.00, at most 1.3)."
    assert report.verdict([replace(FIGURE, most=None)]) == "None of these has a limit."


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = "before\n<!-- x: written by `make bench` -->\nold\n<!-- end of x -->\nafter\n"
    assert report.between(page, "x", ["new", "lines"]).splitlines()[2:4] == ["new", "lines"]
    assert report.between(report.between(page, "x", ["new"]), "x", ["old"]) == page
    with pytest.raises(ValueError, match="no markers of y"):
        report.between(page, "y", [])


def test_the_picture_has_a_panel_for_each_curve() -> None:
    root = etree.fromstring(picture.picture([CURVE, replace(CURVE, title="Records")]).encode())
    titles = [text.text for text in root.iter("{*}text") if text.get("class") == "title"]
    assert titles == ["Growth", "Records"]
    assert len(list(root.iter("{*}polyline"))) == 2


def test_a_curve_that_stays_level_is_drawn_level_and_inside_its_panel() -> None:
    root = etree.fromstring(picture.picture([CURVE]).encode())
    (line,) = root.iter("{*}polyline")
    _, after_one, after_ten = (point.split(",") for point in (line.get("points") or "").split())
    assert after_one[1] == after_ten[1]
    assert float(after_ten[0]) <= picture.WIDTH


def test_the_page_shows_the_results_that_are_kept() -> None:
    if not RESULTS.exists():
        pytest.skip("nothing was measured yet: make bench")
    page = PAGE.read_text("utf-8")
    assert on_page(page, report.from_json(RESULTS.read_text("utf-8"))) == page


def test_the_picture_beside_the_page_shows_the_curves_that_are_kept() -> None:
    if not RESULTS.exists():
        pytest.skip("nothing was measured yet: make bench")
    kept = json.loads(RESULTS.read_text("utf-8"))["benchmarks"].values()
    drawn = (Path(PAGE).parent / "growth.svg").read_text("utf-8")
    assert drawn.count("<polyline") == sum(one["curve"] is not None for one in kept)
