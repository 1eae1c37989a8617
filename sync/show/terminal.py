"""What standard output is, and how an answer is put on it: as a person's terminal likes it, or plainly.

Only a terminal gets colour, boxes, wrapped text and a closing line; a pipe or a file gets every column whole.
What the text is made of is `render`'s business.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO, TypeVar

from sync.errors import PassingFailure
from sync.escape import shown
from sync.show import render
from sync.show.render import Column, Sheet

if TYPE_CHECKING:
    from rich.console import Console

Row = TypeVar("Row")


def write(text: str) -> None:
    """Put lines on standard output as they are; nothing at all for an empty text.

    A reader that went away (`ianawatch list | head`) is no error. Raises PassingFailure when the text can't
    be written for another reason, such as a full disk.
    """
    if text:
        stream = _stream()
        _put(stream, lambda: stream.write(f"{text}\n"))


def write_bytes(body: bytes) -> None:
    """Put bytes on standard output, as they are; errors are those of `write`."""
    stream = sys.stdout
    _put(stream, lambda: stream.buffer.write(body))


def _put(stream: TextIO, write_it: Callable[[], int]) -> None:
    try:
        write_it()
        stream.flush()
    except OSError as e:
        # What the stream still holds goes nowhere, or the interpreter would try to write it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(e, BrokenPipeError):
            raise PassingFailure(
                f"standard output: the answer can't be written: {e.strerror}; send it elsewhere"
            ) from e


def show_table(columns: Sequence[Column[Row]], rows: Sequence[Row], *, closing: str, nothing: str) -> None:
    """Show rows; a terminal gets the `closing` line too, and is told `nothing` where there are none."""
    if not sys.stdout.isatty():
        write(render.as_text(columns, rows))
        return
    from sync.show import drawing  # noqa: PLC0415  # rich: 35 ms that only a terminal is worth

    console = _console()
    if not rows:
        console.print(shown(nothing))
        return
    console.print(drawing.table(columns, rows, console))
    if closing:
        console.print(f"\n{shown(closing)}", style="dim")


def show_sheet(sheet: Sheet, *, one_screen: bool = False) -> None:
    """Show a sheet; on a terminal it is shortened to one screen if it has to fit there."""
    if not sys.stdout.isatty():
        write(render.sheet_text(sheet))
        return
    from sync.show import drawing  # noqa: PLC0415  # as above

    console = _console()
    # The title, the line below it, and a prompt of two lines.
    height = console.height - 4 if one_screen else None
    console.print(shown(sheet.title), style="bold")
    console.print()
    for line in drawing.sheet(sheet, console, height=height):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _stream() -> TextIO:
    """Standard output, which spells out what its encoding lacks instead of failing."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415  # as above

    _stream()
    # Asked here, since rich takes every terminal without colour (TERM=dumb) for one of 80 cells.
    columns, lines = shutil.get_terminal_size()
    return Console(width=columns, height=lines, markup=False, highlight=False, emoji=False)
