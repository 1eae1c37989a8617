"""A service and its timer as systemd itself reads them, where it is installed; and what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sync.setup.job import Job
from sync.setup.systemd_units import FIRST_LINE, RunsAs, Service, service_unit, timer_unit

PROGRAM = (sys.executable, "-m", "sync")
EXPOSURE = {RunsAs.USER: 70, RunsAs.OWNER: 25, RunsAs.DYNAMIC: 20}
"""The most that `systemd-analyze security` may say, in tenths: 100 is a service that nothing holds."""


def service(runs_as: RunsAs, folder: Path = Path("/srv/codes"), config: Path | None = None) -> Service:
    job = Job(PROGRAM, folder / "codes.db", config)
    return Service(job, runs_as, owner="root", writes=(folder,))


def lines(service: Service) -> list[str]:
    return service_unit(service).splitlines()


def analyze(*args: str, runs_as: RunsAs, cwd: Path) -> str:
    """What systemd says of a unit; nothing is started."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    version = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True)
    if int(re.findall(r"\d+", version.stdout)[0]) < 250:
        pytest.skip("this systemd can't analyze a unit that is not installed")
    manager = ["--user"] if runs_as is RunsAs.USER else []
    command = ["systemd-analyze", *manager, *args]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "XDG_RUNTIME_DIR": str(cwd), "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def written(service: Service, folder: Path) -> list[str]:
    texts = {"ianawatch.service": service_unit(service), "ianawatch.timer": timer_unit()}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [f"./{name}" for name in texts]


# -- read by systemd -----------------------------------------------------------------------------------


@pytest.mark.parametrize("runs_as", RunsAs, ids=lambda one: one.name)
@pytest.mark.parametrize("folder", ["codes", "it's 50%", 'a "b" $HOME'])
def test_systemd_finds_nothing_wrong(runs_as: RunsAs, folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir()
    config = tmp_path / folder / "config.toml"
    config.touch()
    files = written(service(runs_as, tmp_path / folder, config), tmp_path)
    assert analyze("verify", *files, runs_as=runs_as, cwd=tmp_path) == ""


@pytest.mark.parametrize("runs_as", RunsAs, ids=lambda one: one.name)
def test_systemd_finds_it_held(runs_as: RunsAs, tmp_path: Path) -> None:
    (unit, _) = written(service(runs_as), tmp_path)
    threshold = f"--threshold={EXPOSURE[runs_as]}"
    said = analyze("security", "--offline=yes", threshold, unit, runs_as=runs_as, cwd=tmp_path)
    assert "Overall exposure level for ianawatch.service" in said


def test_what_a_user_may_add_is_right_too(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    files = written(service(RunsAs.USER, tmp_path / "codes"), tmp_path)
    unit = tmp_path / "ianawatch.service"
    unit.write_text(re.sub(r"^#(?=\w+=)", "", unit.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    assert "\nPrivateUsers=yes\n" in unit.read_text("utf-8")
    assert analyze("verify", *files, runs_as=RunsAs.USER, cwd=tmp_path) == ""


# -- what they say -------------------------------------------------------------------------------------


def test_a_unit_says_who_wrote_it() -> None:
    assert lines(service(RunsAs.USER))[0] == FIRST_LINE
    assert timer_unit().splitlines()[0] == FIRST_LINE


def test_words_stand_for_themselves() -> None:
    job = Job(("/opt/my $tools/100%", "-m", "sync"), Path("/srv/it's $x/50%.db"), Path('/etc/"a".toml'))
    found = lines(Service(job, RunsAs.USER, writes=(Path("/srv/it's $x"), Path("/plain/50%"))))
    assert (
        r'ExecStart="/opt/my $tools/100%%" -m sync --config "/etc/\"a\".toml" '
        r"""--database "/srv/it's $$x/50%%.db" sync --quiet"""
    ) in found
    assert """#ReadWritePaths="/srv/it's $x" /plain/50%%""" in found


def test_a_user_has_nothing_that_needs_a_namespace() -> None:
    found = lines(service(RunsAs.USER))
    assert "NoNewPrivileges=yes" in found
    needing = r"(Private|Protect|ReadWrite|Capability|DynamicUser|User=|StateDirectory)"
    assert [line for line in found if re.match(needing, line)] == []
    assert "#ReadWritePaths=/srv/codes" in found
    assert "Wants=network-online.target" not in found


def test_a_service_of_the_system_writes_nowhere_but_where_it_must() -> None:
    found = lines(service(RunsAs.OWNER))
    for line in ("User=root", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes"):
        assert line in found
    assert "ReadWritePaths=/srv/codes" in found
    assert "CapabilityBoundingSet=" in found


def test_a_user_of_its_own_gets_a_folder_of_its_own() -> None:
    found = lines(Service(Job(PROGRAM, Path("/var/lib/ianawatch/ianawatch.db")), RunsAs.DYNAMIC))
    assert "DynamicUser=yes" in found
    assert "StateDirectory=ianawatch" in found
    assert [line for line in found if line.startswith(("User=", "ReadWritePaths="))] == []


def test_systemd_hands_over_the_configuration_that_only_root_can_read() -> None:
    found = lines(service(RunsAs.DYNAMIC, config=Path("/etc/my 50%.toml")))
    assert "LoadCredential=config.toml:/etc/my 50%%.toml" in found
    (start,) = (line for line in found if line.startswith("ExecStart="))
    assert " --config ${CREDENTIALS_DIRECTORY}/config.toml --database " in start


@pytest.mark.parametrize(
    ("publishes", "homes", "temporary", "said"),
    [
        (True, False, False, ["UMask=0022", "ProtectHome=yes", "PrivateTmp=yes"]),
        (False, True, True, ["UMask=0077", "ProtectHome=read-only"]),
    ],
)
def test_what_it_must_reach_is_not_hidden(
    publishes: bool, homes: bool, temporary: bool, said: list[str]
) -> None:
    one = Service(
        Job(PROGRAM), RunsAs.OWNER, owner="me", homes=homes, temporary=temporary, publishes=publishes
    )
    assert [line for line in lines(one) if re.match("UMask|ProtectHome|PrivateTmp", line)] == said


def test_a_passing_failure_is_none_of_systemds() -> None:
    assert "SuccessExitStatus=75" in lines(service(RunsAs.USER))


def test_the_timer_runs_hourly_at_a_time_of_the_machines_own() -> None:
    found = timer_unit().splitlines()
    for line in ("OnCalendar=hourly", "FixedRandomDelay=yes", "Persistent=yes", "WantedBy=timers.target"):
        assert line in found
