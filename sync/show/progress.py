"""A sign of life on standard error, while work that can take long goes on.

On a terminal only, from the first second on, and gone when the work is done: what takes a moment flickers
nowhere, and neither a pipe nor a cron job ever sees it. What was done is for the command to say.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sync.escape import shown

AFTER = 1.0
"""Seconds of work before there is a sign."""


@contextmanager
def working(doing: str, *, quiet: bool = False, after: float = AFTER) -> Iterator[None]:
    """Within, a terminal is shown what is being done, and for how long; `quiet`: nobody is shown anything."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    with ExitStack() as drawn:
        timer = threading.Timer(after, _draw, (doing, drawn))
        timer.daemon = True
        # A thread starts with the mask of the one that starts it. Signals are for the main thread: one that
        # another thread took would leave it waiting for the network (`sync.signals`).
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            timer.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _draw(doing: str, drawn: ExitStack) -> None:
    """Draw until `drawn` is closed."""
    # Imported here: only work that takes long is worth it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    progress = Progress(
        SpinnerColumn("line"),  # in any encoding
        TextColumn(
            "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
        ),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    progress.add_task(shown(doing))
    drawn.enter_context(progress)
