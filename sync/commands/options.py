"""Options that several commands have: which watch, which format; and how rows are printed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sync.errors import UsageProblem
from sync.program import Program
from sync.watches import SHIPPED

if TYPE_CHECKING:
    from sync.show.render import Column

Row = TypeVar("Row")
Command = TypeVar("Command", bound=Callable[..., Any])

ROWS = ("table", "json", "csv", "tsv")
"""Formats of an answer that has many rows."""
ONE = ("table", "json")
"""Formats of an answer about one thing."""


def watch_option(command: Command) -> Command:
    """`--watch NAME`: the program that the command is given has that watch."""
    return click.option(
        "--watch",
        metavar="NAME",
        callback=_choose_watch,
        expose_value=False,
        help="The watch to ask about, where there are several.",
    )(command)


def format_option(formats: Sequence[str]) -> Callable[[Command], Command]:
    """`--format`, the first of the formats being the default."""
    return click.option(
        "--format", "output", type=click.Choice(formats), default=formats[0], show_default=True
    )


def _choose_watch(ctx: click.Context, parameter: click.Parameter, name: str | None) -> None:
    del parameter
    if name is None:
        return
    if name not in SHIPPED:
        raise UsageProblem(f"--watch {name}: there is no such watch; there is {', '.join(SHIPPED)}")
    program: Program = ctx.obj
    ctx.obj = replace(program, watch=SHIPPED[name])


def show_rows(
    rows: Sequence[Row],
    names: Sequence[str],
    columns: Sequence[Column[Row]],
    output: str,
    *,
    closing: str,
    nothing: str,
) -> None:
    """Print rows in one of the formats ROWS.

    `names` are the attributes that are data, `columns` what a table has. `closing` and `nothing` are what a
    person at a terminal is told after the rows, or instead of them.
    """
    from sync.show import render, terminal

    match output:
        case "json":
            terminal.write(render.as_json([{name: getattr(row, name) for name in names} for row in rows]))
        case "csv" | "tsv":
            delimiter = "," if output == "csv" else "\t"
            terminal.write(render.as_csv(names, rows, delimiter=delimiter))
        case _:
            terminal.show_table(columns, rows, closing=closing, nothing=nothing)


def names_of(row: type) -> tuple[str, ...]:
    """The fields of a dataclass."""
    return tuple(item.name for item in fields(row))
