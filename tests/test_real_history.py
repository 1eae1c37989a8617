"""The real history of the registry, seen in every way: three registrations are alerted, no more and no less.

As it happened over HTTP; by a process of its own for each look; three times, and every hour; from every cold
start; and added afterwards, from wherever past versions may lie.

Small documents made from the facts are always here; the documents as they were served, where they are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from live_syncs import CHANNELS, LiveSyncs, Told
from loopback import LoopbackServer
from timeline import HOUR, REGISTRATIONS, Seen, hourly, real, small, tripled
from whole_database import Rows, database_in_memory, empty, everything, new_database

from db.engine import Database
from sync.decide.advance import Patience
from sync.decide.replay import Moment, Replay, replay
from sync.past.backfill import backfill, read_past
from sync.past.folder import PastVersion, read_folder
from sync.past.git_history import read_repository
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.state import ChangeKind
from sync.watches import CLOSE_CODES

Live = tuple[list[tuple[datetime, Told]], dict[str, Rows]]
"""What was told when, and all that is known at the end."""
Anew = Callable[[Iterable[Seen]], Replay]
ALERTS = [("registration", (code,)) for code in REGISTRATIONS]
EARLIER = ("1014", "2016-10-12T13:06:30Z")
AMENDED_ON = "2025-07-30T22:01:48Z"


@pytest.fixture(scope="module", params=["small", "real"])
def history(request: pytest.FixtureRequest) -> Sequence[Seen]:
    """The 98 observations, from either source."""
    if request.param == "small":
        return small()
    shared = Path(__file__).resolve().parents[2] / "shared"
    if not shared.is_dir():
        pytest.skip("no folder `shared` with real documents beside this checkout")
    return real(shared)


@pytest.fixture(scope="module")
def seen_live(history: Sequence[Seen]) -> Live:
    """A sync at each observation, over HTTP."""
    database, told = database_in_memory(), []
    with LoopbackServer() as server:
        sync = Sync([replace(CLOSE_CODES, mirror=server.url("/websocket.xml"))], Settings(), CHANNELS)
        for seen in history:
            server.put("/websocket.xml", seen.body, last_modified=seen.last_modified)
            (report,) = sync_watches(database, sync, seen.at).reports
            assert not report.problems
            told += [(seen.at, (a.kind, tuple(s.first for s in a.subjects))) for a in report.alerts]
    return told, everything(database)


@pytest.fixture(scope="module")
def decided_anew(history: Sequence[Seen]) -> Anew:
    """All decisions on some of the observations, without a database."""
    past = read_past([seen.past for seen in history], [CLOSE_CODES], history[-1].at)
    ids = {seen.number: moment.sha256 for seen, moment in zip(history, past.moments, strict=True)}

    def decide(seen: Iterable[Seen]) -> Replay:
        moments = [Moment(one.at, ids[one.number]) for one in seen]
        return replay(moments, [CLOSE_CODES.name], past.versions.__getitem__, Patience())

    return decide


# -- seen as it happened ------------------------------------------------------------------------------


def test_three_registrations_are_alerted_when_they_are_first_seen(seen_live: Live) -> None:
    told, _ = seen_live
    assert [(f"{at:%Y-%m-%dT%H:%M:%SZ}", alert) for at, alert in told] == [
        (REGISTRATIONS[code], ("registration", (code,))) for code in REGISTRATIONS
    ]


def test_the_history_has_ten_changes_and_no_withdrawal(seen_live: Live) -> None:
    _, known = seen_live
    changes = {(at, kind, first, field) for _, _, at, kind, first, _, field, _, _ in known["change"]}
    registered = {(at, "registered", code, None) for code, at in REGISTRATIONS.items()}
    amended = {
        (AMENDED_ON, "amended", code, field)
        for code in (1012, 1013, 1014)
        for field in ("revised_on", "references")
    }
    assert changes == registered | {(EARLIER[1], "registered", int(EARLIER[0]), None)} | amended
    assert known["change"].total() == 10
    assert known["hold"].total() == 0


def test_each_observation_has_its_row(seen_live: Live) -> None:
    _, known = seen_live
    verdicts = Counter(row[1] for row in known["observation"].elements())
    # The old copy came nine times again: older each time, while the newer one was never away for 30 days.
    assert verdicts == {"applied": 81, "older": 9, "unchanged": 8}
    assert known["snapshot"].total() == 81


@pytest.mark.matrix
@pytest.mark.parametrize("seen_as", [tripled, hourly])
def test_syncs_that_ask_more_often(
    tmp_path: Path, seen_as: Callable[[Sequence[Seen]], Iterator[Seen]]
) -> None:
    live = LiveSyncs(database_in_memory(), tmp_path)
    for seen in seen_as(small()):
        live.sees(seen.body, seen.at)
    assert live.told == ALERTS
    assert live.held_back() == []


def test_every_sixth_hour_through_the_weeks_of_flapping(tmp_path: Path) -> None:
    live = LiveSyncs(database_in_memory(), tmp_path)
    polls = [seen for seen in hourly(small()) if seen.at.minute or seen.at.hour % 6 == 0]
    assert len(polls) > 200
    for seen in polls:
        live.sees(seen.body, seen.at)
    assert live.told == ALERTS


@pytest.mark.parametrize("seen_as", [tripled, hourly])
def test_asking_more_often_changes_nothing(
    history: Sequence[Seen], decided_anew: Anew, seen_as: Callable[[Sequence[Seen]], Iterator[Seen]]
) -> None:
    assert registered_in_range(decided_anew(seen_as(history))) == list(REGISTRATIONS)


# -- from every cold start ----------------------------------------------------------------------------


@pytest.mark.parametrize("start", range(98))
def test_a_cold_start_hears_of_what_comes_after_it(
    history: Sequence[Seen], decided_anew: Anew, start: int
) -> None:
    assert registered_in_range(decided_anew(history[start:])) == still_to_come(history[start])


@pytest.mark.parametrize("start", [60, 61, 70, 78, 82, 97])
def test_syncs_from_a_cold_start_tell_the_baseline_and_what_comes_after(tmp_path: Path, start: int) -> None:
    syncs_from(start, tmp_path)


@pytest.mark.matrix
@pytest.mark.parametrize("start", range(98))
def test_syncs_from_every_cold_start(tmp_path: Path, start: int) -> None:
    syncs_from(start, tmp_path)


def syncs_from(start: int, folder: Path) -> None:
    """The first sight names what is registered; each later registration has its alert, nothing else has."""
    history = small()[start:]
    live = LiveSyncs(database_in_memory(), folder)
    for seen in history:
        live.sees(seen.body, seen.at)
    later = still_to_come(history[0])
    there = tuple(code for code in REGISTRATIONS if code not in later)
    baseline = [("baseline", there)] if there else []
    assert live.told == baseline + [("registration", (code,)) for code in later]


# -- added afterwards ---------------------------------------------------------------------------------


def folder_with_an_index(history: Iterable[Seen], folder: Path) -> Iterator[PastVersion]:
    lines = ["observed_at,file"]
    for seen in history:
        (folder / f"{seen.number}.xml").write_bytes(seen.body)
        lines.append(f"{seen.at:%Y-%m-%dT%H:%M:%SZ},{seen.number}.xml")
    (folder / "index.csv").write_text("\n".join(lines), "utf-8")
    return read_folder(folder)


def folder_of_files_named_by_time(history: Iterable[Seen], folder: Path) -> Iterator[PastVersion]:
    for seen in history:
        (folder / f"{seen.at:%Y%m%dT%H%M%SZ}.xml").write_bytes(seen.body)
    return read_folder(folder)


def git_repository(history: Iterable[Seen], folder: Path) -> Iterator[PastVersion]:
    commit(history, folder)
    return read_repository(folder, None, CLOSE_CODES.document)


def bare_git_repository(history: Iterable[Seen], folder: Path) -> Iterator[PastVersion]:
    commit(history, folder / "work")
    subprocess.run(["git", "clone", "-q", "--bare", "work", "mirror.git"], cwd=folder, check=True)
    return read_repository(folder / "mirror.git", None, CLOSE_CODES.document)


def commit(history: Iterable[Seen], folder: Path) -> None:
    """Every observation as a commit of its time."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    stream = [b""]
    for seen in history:
        who = f"committer A Mirror <mirror@example.org> {seen.at.timestamp():.0f} +0000\n".encode()
        stream += [
            b"commit refs/heads/main\n" + who + b"data 0\n",
            b"M 100644 inline assignments/websocket/websocket.xml\n",
            f"data {len(seen.body)}\n".encode() + seen.body + b"\n",
        ]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(stream), check=True)


@pytest.mark.parametrize(
    "origin", [folder_with_an_index, folder_of_files_named_by_time, git_repository, bare_git_repository]
)
def test_a_backfill_leaves_the_database_as_if_it_had_looked_on(
    history: Sequence[Seen],
    seen_live: Live,
    origin: Callable[[Iterable[Seen], Path], Iterator[PastVersion]],
    tmp_path: Path,
) -> None:
    now = history[-1].at + HOUR
    database = new_database(tmp_path / "backfilled.db")
    folder = tmp_path / "past"
    folder.mkdir()
    past = read_past(origin(history, folder), [CLOSE_CODES], now)
    done = backfill(database, CLOSE_CODES, past, Settings(), CHANNELS, now, alerts=True)
    assert (done.read, done.added, done.changes, done.held_back) == (98, 98, 10, ())
    assert [(a.kind, tuple(s.first for s in a.subjects)) for a in done.alerts] == ALERTS
    assert everything(database) == seen_live[1]


# -- the whole program --------------------------------------------------------------------------------

PROGRAM = """
import sys
from datetime import datetime
from sync.cli import main
at = datetime.fromisoformat(sys.argv[1])
main(sys.argv[2:], clock=lambda: at)
"""


@pytest.mark.matrix
def test_a_process_for_each_observation(
    seen_live: Live,
    history: Sequence[Seen],
    tmp_path: Path,
) -> None:
    path = tmp_path / "ianawatch.db"
    path.write_bytes(empty())
    said: dict[str, str] = {}
    with LoopbackServer() as server:
        for seen in history:
            server.put("/websocket.xml", seen.body, last_modified=seen.last_modified)
            source = server.url("/websocket.xml")
            run = run_program(seen.at, ["--database", str(path), "sync", "--quiet"], source, tmp_path)
            assert (run.returncode, run.stderr) == (0, "")
            if run.stdout:
                said[f"{seen.at:%Y-%m-%dT%H:%M:%SZ}"] = run.stdout
    assert {at: text.split("newly registered: ")[1][:4] for at, text in said.items()} == {
        at: str(code) for code, at in REGISTRATIONS.items()
    }
    assert everything(Database.open(str(path))) == seen_live[1]


def run_program(
    at: datetime, args: Sequence[str], source: str, home: Path
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, with a clock that shows `at`."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("IANAWATCH_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, at.isoformat(), *args],
        env={**outside, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "IANAWATCH_SOURCE": source},
        capture_output=True,
        text=True,
        check=False,
    )


# -- what is expected ---------------------------------------------------------------------------------


def still_to_come(seen: Seen) -> list[int]:
    """What is registered after this observation and not known by then, its old copy included."""
    known = {1: (), 2: (), 3: (3000,), 4: (3000, 3003), 5: tuple(REGISTRATIONS), 6: tuple(REGISTRATIONS)}
    return [code for code in REGISTRATIONS if code not in known[seen.table]]


def registered_in_range(replayed: Replay) -> list[int]:
    """What was registered in the watched range, after the baseline."""
    changes = replayed.watches[CLOSE_CODES.name].changes
    assert not [c for c in changes if c.kind in {ChangeKind.WITHDRAWN, ChangeKind.RETURNED}]
    return [c.first for c in changes if c.kind is ChangeKind.REGISTERED and 3000 <= c.first <= 3999]
