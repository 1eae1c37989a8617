"""What several commands have: which watch, which format, how rows are printed; a group that is a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sync.errors import UsageProblem
from sync.program import Program

if TYPE_CHECKING:
    from sync.show.render import Column
    from sync.watches import Watch

Row = TypeVar("Row")
Command = TypeVar("Command", bound=Callable[..., Any])

ROWS = ("table", "json", "csv", "tsv")
"""Formats of an answer that has many rows."""
ONE = ("table", "json")
"""Formats of an answer about one thing."""


class ListByDefault(click.Group):
    """A group that alone, or with an option, is its command `list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the word that was left out."""
        asks_for_help = args[:1] and args[0] in self.get_help_option_names(ctx)
        # What a shell completes may be any of the commands.
        left_out = not args or args[0].startswith("-")
        if left_out and not asks_for_help and not ctx.resilient_parsing:
            args = ["list", *args]
        return super().parse_args(ctx, args)


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
    if name is not None:
        program: Program = ctx.obj
        try:
            ctx.obj = program.choose(name)
        except UsageProblem as e:
            raise UsageProblem(f"--watch {name}: {e}") from e


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

    if output == "table":
        terminal.show_table(columns, rows, closing=closing, nothing=nothing)
    else:
        terminal.write(render.as_data(names, rows, output))


def called(watches: Sequence[Watch]) -> str:
    """What a closing line is about."""
    return watches[0].name if len(watches) == 1 else f"{len(watches)} watches"


def columns_for(watches: Sequence[Watch], columns: Sequence[Column[Row]]) -> Sequence[Column[Row]]:
    """The columns, with the watch before them where the rows are of several."""
    from sync.show.render import Column

    if len(watches) == 1:
        return columns
    return (Column("WATCH", attrgetter("watch")), *columns)


def names_of(row: type) -> tuple[str, ...]:
    """The fields of a dataclass."""
    return tuple(item.name for item in fields(row))
