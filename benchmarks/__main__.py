"""`python -m benchmarks`: every figure that is measured, each in a module of its own."""

from __future__ import annotations

from benchmarks import history, pages, processes

if __name__ == "__main__":
    history.main()
    print()
    pages.main()
    print()
    processes.main()
