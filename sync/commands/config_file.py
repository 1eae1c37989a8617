"""The configuration file, for the commands that write it: where it is, what it holds, how it gets there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sync.errors import CannotCreateFile, UsageProblem, WrongConfiguration
from sync.program import Program
from sync.settings.model import PREFIX


def config_path(program: Program) -> Path:
    """The file that was named, or the user's own; whether there is one or not."""
    from sync.settings.read import default_config

    return program.config or default_config()


def editable(program: Program, key: str) -> Path:
    """The file, to write under this key. Raises UsageProblem where a variable would win over it."""
    path = config_path(program)
    variable = f"{PREFIX}{key.upper()}"
    if os.environ.get(variable):
        raise UsageProblem(f"{variable} is set, and wins over {path}: make the change there, or unset it")
    return path


def change(path: Path, edit: Callable[[str, str], str]) -> None:
    """Have the file hold what `edit` makes of its text and its name.

    Raises WrongConfiguration for one that can't be read or changed, CannotCreateFile.
    """
    write_text(path, edit(read_text(path), str(path)))


def read_text(path: Path) -> str:
    """What the file holds, with its own line ends; nothing where there is none. Raises WrongConfiguration."""
    try:
        return path.read_bytes().decode() if path.exists() else ""
    except (OSError, UnicodeDecodeError) as e:
        why = e.strerror if isinstance(e, OSError) else "it is no UTF-8"
        raise WrongConfiguration(f"{path}: the configuration can't be read: {why}") from e


def write_text(path: Path, text: str) -> None:
    """Have the file hold this text; nobody else can read one that is new. Raises CannotCreateFile."""
    from sync.export.in_place import PRIVATE, put_in_place

    try:
        body = text.encode()
    except UnicodeEncodeError as e:
        raise UsageProblem(f"{path}: what was typed is no UTF-8, and can't be written there") from e
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise CannotCreateFile(f"{path.parent}: the folder can't be made: {e.strerror}") from e
    put_in_place(path, body, PRIVATE)
