"""What every test file may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import postgresql_server
import pytest
from databases import rehearsed
from hypothesis import settings

from db.engine import Database

# No deadline: how long an example takes is the machine's affair. CI takes the same examples every time.
settings.register_profile("project", deadline=None)
settings.register_profile("project-ci", settings.get_profile("ci"), deadline=None, print_blob=True)
settings.load_profile("project-ci" if "CI" in os.environ else "project")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of real documents beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no folder `shared` with real documents beside this checkout")
    return SHARED


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder, in memory where the system has such: for runs by the thousand that wait for their disk."""
    where = Path("/dev/shm")  # noqa: S108  # a folder of its own is made there
    with tempfile.TemporaryDirectory(dir=where if os.access(where, os.W_OK) else tmp_path) as name:
        yield Path(name)


class Reliability(Protocol):
    """Takes down what a matrix has tried, and what came of it."""

    def __call__(self, row: str, **figures: int) -> None:
        """A row of figures, each by what it counts; an underscore is a space."""


_ROWS = pytest.StashKey[list[tuple[str, dict[str, int]]]]()


@pytest.fixture
def reliability(pytestconfig: pytest.Config) -> Reliability:
    """Figures that are printed when all tests have ended, under the heading `reliability`."""
    rows = pytestconfig.stash.setdefault(_ROWS, [])

    def take_down(row: str, **figures: int) -> None:
        rows.append((row, figures))

    return take_down


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the figures to the process that prints, where several run the tests."""
    handed: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed["reliability"] = session.config.stash.get(_ROWS, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401  # a class of xdist's
    """Take the figures from one of several processes."""
    rows = node.config.stash.setdefault(_ROWS, [])
    rows += getattr(node, "workeroutput", {}).get("reliability", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures."""
    if rows := config.stash.get(_ROWS, []):
        terminalreporter.section("reliability")
    for row, figures in rows:
        said = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in figures.items())
        terminalreporter.write_line(f"{row}: {said}")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server: its URL with a place for the name of a database."""
    with postgresql_server.running() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.matrix)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without a row, on each of the engines that the stores are for; a module's tests share it."""
    if request.param == "sqlite":
        yield rehearsed()
        return
    with postgresql_server.migrated(request.getfixturevalue("server")) as database:
        yield database
