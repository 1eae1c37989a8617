"""Curves -> one SVG picture, a panel each, from 0 on both axes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from benchmarks.figures import Curve

WIDTH, HEIGHT = 420, 280
"""Of a panel."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 36, 44, 52
_STEPS = (1, 2, 2.5, 5, 10)
"""Of ten, a hundred and so on: how far apart two lines of the grid may be."""
_STYLE = (
    "text { font: 12px sans-serif; fill: #333 } .title { font-size: 14px; font-weight: bold } "
    ".grid { stroke: #ddd } .curve { fill: none; stroke: #0b62a4; stroke-width: 2 } .point { fill: #0b62a4 }"
)


def picture(curves: Sequence[Curve]) -> str:
    """The panels side by side."""
    width = WIDTH * len(curves)
    said = "; ".join(f"{curve.title}: {curve.up} over {curve.across}" for curve in curves)
    size = f'viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(said)}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for number, curve in enumerate(curves):
        lines += [f'<g transform="translate({number * WIDTH} 0)">', *_panel(curve), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(curve: Curve) -> Iterator[str]:
    across = _ticks(max(x for x, _ in curve.points))
    up = _ticks(max(y for _, y in curve.points))
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(_LEFT + x / across[-1] * (right - _LEFT), 1),
            round(bottom - y / up[-1] * (bottom - _TOP), 1),
        )

    yield _text(WIDTH / 2, 20, f"{curve.title}", kind="title")
    yield _text(WIDTH / 2, HEIGHT - 12, curve.across)
    yield f'<text class="axis" x="{_LEFT - 52}" y="{_TOP - 10}">{escape(curve.up)}</text>'
    for value in up:
        _, y = place(0, value)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}"/>'
        yield _text(_LEFT - 6, y + 4, f"{value:,g}", anchor="end")
    for value in across:
        x, _ = place(value, 0)
        yield f'<line class="grid" x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}"/>'
        yield _text(x, bottom + 18, f"{value:,g}")
    places = [place(x, y) for x, y in curve.points]
    yield f'<polyline class="curve" points="{" ".join(f"{x},{y}" for x, y in places)}"/>'
    if len(places) <= 20:
        yield from (f'<circle class="point" cx="{x}" cy="{y}" r="3"/>' for x, y in places)


def _ticks(most: float) -> list[float]:
    """From 0, four to six of them, the last at or beyond the most."""
    size = 10.0 ** (len(f"{most:.0f}") - 2)
    step = next(size * factor for factor in (*_STEPS, 20, 50, 100) if size * factor * 5 >= most)
    ticks = [0.0]
    while ticks[-1] < most:
        ticks.append(ticks[-1] + step)
    return ticks


def _text(x: float, y: float, text: str, *, kind: str = "label", anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'
