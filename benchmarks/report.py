"""Results -> JSON, a table, and what changed since the last ones. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from benchmarks.figures import Curve, Figure, Measured, Results, Unit

HEAD = ("| what | x its floor | at most | kept | measured | the floor | the floor is |", "| --- " * 7 + "|")
_KEPT = {True: "yes", False: "**no**", None: ""}


def to_json(results: Results) -> str:
    """The results as they are kept, without remarks; figures to four digits."""
    kept = {
        name: {
            "figures": [_rounded(asdict(figure)) for figure in measured.figures],
            "curve": _curve(measured.curve) if measured.curve else None,
        }
        for name, measured in results.benchmarks.items()
    }
    return json.dumps({"machine": results.machine, "benchmarks": kept}, indent=1) + "\n"


def from_json(text: str) -> Results:
    """The results that were kept."""
    kept = json.loads(text)
    return Results(kept["machine"], {name: _measured(one) for name, one in kept["benchmarks"].items()})


def table(figures: Iterable[Figure], last: Mapping[str, float] | None = None) -> Iterator[str]:
    """The table's lines; with the `last` ratios by name, those are told where they differ."""
    yield from HEAD
    yield from rows(figures, last)


def rows(figures: Iterable[Figure], last: Mapping[str, float] | None = None) -> Iterator[str]:
    """The table's lines without its head."""
    for figure in figures:
        cells = (
            figure.name,
            _ratio(figure, (last or {}).get(figure.name)),
            "" if figure.most is None else f"{figure.most:g}",
            _KEPT[figure.held],
            amount(figure.ours, figure.unit),
            amount(figure.floor, figure.unit),
            figure.against,
        )
        yield f"| {' | '.join(cells)} |"


def verdict(figures: Iterable[Figure]) -> str:
    """In a line, whether each limit is kept."""
    judged = [figure for figure in figures if figure.held is not None]
    missed = [
        f"{figure.name} ({figure.ratio:.2f}, at most {figure.most:g})" for figure in judged if not figure.held
    ]
    if not judged:
        return "None of these has a limit."
    if missed:
        return f"Not kept: {'; '.join(missed)}."
    return f"All {len(judged)} limits are kept." if len(judged) > 1 else "The one limit is kept."


def all_figures(results: Results) -> list[Figure]:
    """Every figure, in order."""
    return [figure for measured in results.benchmarks.values() for figure in measured.figures]


def ratios(results: Results) -> dict[str, float]:
    """By the figure's name."""
    return {figure.name: figure.ratio for figure in all_figures(results)}


def amount(value: float, unit: Unit) -> str:
    """What was measured, with its unit, for a person."""
    match unit:
        case Unit.SECONDS if value < 1:
            return f"{value * 1000:.3g} ms"
        case Unit.SECONDS:
            return f"{value:.2f} s"
        case Unit.BYTES if value < 1e6:
            return f"{value / 1024:.0f} KiB"
        case Unit.BYTES:
            return f"{value / 1024**2:.0f} MiB"
        case Unit.EVENTS:
            return f"{value:.0f}"


def between(text: str, name: str, lines: Iterable[str]) -> str:
    """The text of a page with new lines between its markers of this name. Raises ValueError without them."""
    begin, end = f"<!-- {name}: written by `make bench` -->\n", f"<!-- end of {name} -->\n"
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"the page has no markers of {name}")
    written = "".join(f"{line}\n" for line in lines)
    return f"{before}{begin}{written}{end}{after}"


def _ratio(figure: Figure, last: float | None) -> str:
    now = f"{figure.ratio:.2f}"
    if last is None or f"{last:.2f}" == now:
        return now
    return f"{now} (was {last:.2f})"


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: float(f"{v:.4g}") if isinstance(v, float) else v for key, v in values.items()}


def _curve(curve: Curve) -> dict[str, Any]:
    points = [[float(f"{value:.4g}") for value in point] for point in curve.points]
    return {**asdict(curve), "points": points}


def _measured(kept: Mapping[str, Any]) -> Measured:
    figures = tuple(Figure(**{**one, "unit": Unit(one["unit"])}) for one in kept["figures"])
    if kept["curve"] is None:
        return Measured(figures)
    points = tuple((across, up) for across, up in kept["curve"]["points"])
    return Measured(figures, Curve(**{**kept["curve"], "points": points}))
