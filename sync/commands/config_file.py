"""The configuration file as the commands that write it have it: where it is, what it holds, and put in place."""

from __future__ import annotations

from pathlib import Path

from sync.errors import CannotCreateFile, UsageProblem, WrongConfiguration
from sync.program import Program


def config_path(program: Program) -> Path:
    """The file that was named, or the user's own; whether there is one or not."""
    from sync.settings.read import default_config

    return program.config or default_config()


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
