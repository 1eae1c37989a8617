"""The program as a process of its own: the command `ianawatch`, and `python -m sync` in a checkout."""

from __future__ import annotations

import gc
from typing import NoReturn

_GARBAGE = 1_000_000
"""Objects made and not freed after which garbage is looked for."""


def program() -> NoReturn:
    """Run the program and exit.

    A fifth of a run with nothing to do went into looking for garbage: among what is being imported, and once
    more in all there is when the interpreter ends.
    """
    gc.set_threshold(_GARBAGE)
    from sync.cli import main  # noqa: PLC0415  # what it imports is looked through otherwise

    try:
        main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    program()
