"""As whom a service runs, what it has to reach, and where its units belong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sync.errors import UsageProblem
from sync.settings.model import ChannelSettings, Settings
from sync.setup.job import Job
from sync.setup.machine import user_name
from sync.setup.systemd_service import STATE_DATABASE, refuse_foreign, service_here, units
from sync.setup.systemd_units import FIRST_LINE, RunsAs

JOB = Job(("/usr/bin/ianawatch",))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, and a Python that everybody on the machine has."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("prefix", "base_prefix"):
        monkeypatch.setattr(sys, name, "/usr")
    return tmp_path


def test_a_user_gets_a_service_of_the_users_own(home: Path) -> None:
    service = service_here(JOB, Settings(), root=False)
    assert (service.runs_as, service.job) == (RunsAs.USER, JOB)
    assert service.writes == (home / ".local" / "share" / "ianawatch",)
    folder = home / ".config" / "systemd" / "user"
    assert list(units(service)) == [folder / "ianawatch.service", folder / "ianawatch.timer"]


def test_root_gets_a_user_made_for_the_service() -> None:
    service = service_here(JOB, Settings(), root=True)
    assert (service.runs_as, service.job.database, service.writes) == (RunsAs.DYNAMIC, STATE_DATABASE, ())
    folder = Path("/etc/systemd/system")
    assert list(units(service)) == [folder / "ianawatch.service", folder / "ianawatch.timer"]


def test_whoever_names_that_database_gets_the_same() -> None:
    job = Job(JOB.program, STATE_DATABASE)
    assert service_here(job, Settings(), root=True) == service_here(JOB, Settings(), root=True)


def test_a_server_needs_no_file() -> None:
    server = "postgresql://me@db.example/codes"
    named = service_here(Job(JOB.program, server), Settings(), root=True)
    assert (named.runs_as, named.job.database) == (RunsAs.DYNAMIC, server)
    configured = service_here(JOB, Settings(database=server), root=True)
    assert (configured.runs_as, configured.job.database) == (RunsAs.DYNAMIC, None)


def test_a_database_that_is_named_is_written_by_its_owner(home: Path) -> None:
    for job, settings in (
        (Job(JOB.program, home / "codes.db"), Settings()),
        (JOB, Settings(database="~/codes.db")),
    ):
        service = service_here(job, settings, root=True)
        assert (service.runs_as, service.owner) == (RunsAs.OWNER, user_name())
        assert service.writes == (home,)


def test_the_configuration_is_roots_own_unless_one_is_named(home: Path) -> None:
    own = home / ".config" / "ianawatch" / "config.toml"
    assert service_here(JOB, Settings(), root=True).job.config is None
    own.parent.mkdir(parents=True)
    own.touch()
    assert service_here(JOB, Settings(), root=True).job.config == own
    assert service_here(JOB, Settings(), root=False).job.config is None
    named = Job(JOB.program, config=Path("/etc/mine.toml"))
    assert service_here(named, Settings(), root=True).job.config == named.config


def test_what_is_published_is_written_to_and_readable(home: Path) -> None:
    settings = Settings(atom=str(home / "codes.atom"), html="~/codes.html")
    service = service_here(JOB, settings, root=False)
    assert service.writes == (home / ".local" / "share" / "ianawatch", home)
    assert service.publishes
    assert not service_here(JOB, Settings(), root=False).publishes


@pytest.mark.parametrize(
    "settings",
    [
        Settings(documented=("mdn", "/home/me/page.md")),
        Settings(in_use=("/home/me/codes.csv",)),
        Settings(source="/run/user/1/codes.xml"),
        Settings(channels={"c": ChannelSettings("c", url_file="/home/me/mail")}),
        Settings(channels={"c": ChannelSettings("c", exec=("/home/me/told",))}),
    ],
)
def test_a_home_is_not_hidden_from_who_needs_it(settings: Settings) -> None:
    assert service_here(JOB, settings, root=True).homes
    assert not service_here(JOB, Settings(documented=("mdn", "page.md")), root=True).homes


def test_folders_for_temporary_files_are_not_hidden_from_who_needs_them() -> None:
    source = "/var/tmp/codes.xml"  # noqa: S108  # nothing is there
    assert service_here(JOB, Settings(source=source), root=True).temporary
    assert not service_here(JOB, Settings(), root=True).temporary


def test_a_program_in_a_home_is_out_of_reach_for_a_user_of_its_own(home: Path) -> None:
    job = Job(("/home/me/.local/bin/ianawatch",))
    with pytest.raises(UsageProblem, match=r"can't get into a home; install ianawatch for everybody"):
        service_here(job, Settings(), root=True)
    named = Job(job.program, home / "codes.db")
    assert service_here(named, Settings(), root=True).homes


def test_a_folder_that_is_not_there_would_keep_it_from_starting(home: Path) -> None:
    absent = home / "absent" / "codes.db"
    with pytest.raises(UsageProblem, match=r"absent: there is no such folder for the service to write to"):
        service_here(Job(JOB.program, absent), Settings(), root=True)
    with pytest.raises(UsageProblem, match=r"absent: there is no such folder for the service to write to"):
        service_here(JOB, Settings(html=str(absent)), root=True)


def test_a_unit_of_somebody_elses_is_left_alone(home: Path) -> None:
    unit = home / "ianawatch.service"
    refuse_foreign(unit)
    unit.write_text(f"{FIRST_LINE}\n[Service]\n", "utf-8")
    refuse_foreign(unit)
    unit.write_text("[Service]\n", "utf-8")
    with pytest.raises(UsageProblem, match="written by somebody else; move it away first"):
        refuse_foreign(unit)
