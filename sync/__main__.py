"""`python -m sync`: the same program, where the command is not installed."""

from __future__ import annotations

from sync.cli import main

if __name__ == "__main__":
    main()
