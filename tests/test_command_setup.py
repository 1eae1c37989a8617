"""`ianawatch setup`: cron and systemd run the sync by themselves, and a shell completes commands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders import row
from crontabs import Crontab
from program import Program

from sync.cli import COMMANDS
from sync.errors import Exit
from sync.setup.cron_line import MARK

LINE = re.compile(rf"\d+ \* \* \* \* (?P<command>.+ sync --quiet --splay 300) {MARK}\n")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program.serve([row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")])
    return program


@pytest.fixture
def crontab(tmp_path: Path) -> Crontab:
    return Crontab(tmp_path)


# -- cron ----------------------------------------------------------------------------------------------


def test_the_line_for_this_machine_is_printed(program: Program) -> None:
    answer = program.here("setup", "cron")
    assert answer.exit_code == Exit.DONE
    line = LINE.fullmatch(answer.out)
    assert line
    command, *options = shlex.split(line["command"])
    assert os.access(command, os.X_OK)
    # The test's own environment names the database, and cron's will not.
    assert options[-6:] == ["--database", str(program.database), "sync", "--quiet", "--splay", "300"]
    assert program.here("setup", "cron").out == answer.out


def as_cron(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the line's command as cron would (crontab(5)), but without waiting."""
    command = line.split(" ", 5)[5].replace(r"\%", "%").replace("--splay 300", "--splay 0")
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LOGNAME": "me", "SHELL": "/bin/sh"}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=home, env=env, capture_output=True, text=True, check=False
    )


def test_cron_runs_what_was_meant(program: Program) -> None:
    folder = program.folder / "it's 100%"
    folder.mkdir()
    config = folder / "my settings.toml"
    config.write_text(f'source = "{program.document}"\ndocumented = ["{program.page}"]\n', "utf-8")
    database = folder / "codes.db"
    args = ["--config", str(config), "--database", str(database), "setup", "cron"]
    printed = program.here(*args)
    assert printed.exit_code == Exit.DONE
    done = as_cron(printed.out, program.folder)
    assert (done.returncode, done.stderr) == (Exit.DONE, "")
    assert "3000 Unauthorized" in done.stdout
    assert database.is_file()
    assert as_cron(printed.out, program.folder).stdout == ""


def test_the_line_is_added_once(program: Program, crontab: Crontab) -> None:
    crontab.table.write_text("MAILTO=me\n0 1 * * * backup\n", "utf-8")
    first = program.here("setup", "cron", "--install", env=crontab.path)
    assert first.exit_code == Exit.DONE
    said, line = first.out.splitlines()
    assert re.fullmatch(r"the crontab of \S+ has the line", said)
    assert crontab.table.read_text("utf-8") == f"MAILTO=me\n0 1 * * * backup\n{line}\n"
    again = program.here("setup", "cron", "--install", env=crontab.path)
    assert again.out == first.out.replace(" has ", " had ")
    assert crontab.table.read_text("utf-8") == f"MAILTO=me\n0 1 * * * backup\n{line}\n"


def test_another_line_takes_its_place(program: Program, crontab: Crontab) -> None:
    old = program.here("setup", "cron", "--install", env=crontab.path).out.splitlines()[1]
    answer = program.here("--database", "/srv/codes.db", "setup", "cron", "--install", env=crontab.path)
    _, new, instead, told = answer.out.splitlines()
    assert (instead, told) == ("instead of", old)
    assert "--database /srv/codes.db sync" in new
    assert crontab.table.read_text("utf-8") == f"{new}\n"


def test_a_line_that_a_person_wrote_is_told(program: Program, crontab: Crontab) -> None:
    crontab.table.write_text("17 * * * * ianawatch sync --quiet\n", "utf-8")
    answer = program.here("setup", "cron", "--install", env=crontab.path)
    assert "another line there runs the sync too; take it out with crontab -e: 17 * * * *" in answer.err
    assert crontab.table.read_text("utf-8").startswith("17 * * * * ianawatch sync --quiet\n")


def test_without_cron_one_is_told_what_to_do(program: Program, tmp_path: Path) -> None:
    answer = program.here("setup", "cron", "--install", env={"PATH": str(tmp_path)})
    assert (answer.exit_code, answer.out) == (Exit.CONFIGURATION, "")
    assert "there is no crontab command on this machine; install cron, or let systemd do it" in answer.err


def test_what_cron_does_not_know_is_told(program: Program) -> None:
    answer = program.here("setup", "cron", env={"IANAWATCH_DOCUMENTED": "mdn"})
    assert (
        "ianawatch: warning: set here and not for cron: IANAWATCH_DOCUMENTED, IANAWATCH_RETRIES; write them "
        "into the configuration file\n"
    ) in answer.err
    assert "set here and not for cron: HTTPS_PROXY; write lines NAME=value above it" in answer.err


IN_ITS_OWN_SPOOL = """
set -e
mount -t tmpfs none /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs 2>/dev/null || true
crontab -l 2>/dev/null && exit 9
printf '# mine\\n' | crontab -
"$@"
"$@"
crontab -l
"""
"""With a spool that ends with the process: no crontab of anybody's is seen or touched."""


def test_the_real_crontab_takes_it(program: Program) -> None:
    if not (shutil.which("crontab") and shutil.which("unshare") and Path("/var/spool/cron").is_dir()):
        pytest.skip("no cron here")
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace of one's own here")
    install = [sys.executable, "-m", "sync", "setup", "cron", "--install"]
    done = subprocess.run(
        [*namespace, "sh", "-c", IN_ITS_OWN_SPOOL, "sh", *install],
        cwd=Path(__file__).parents[1],
        env=program.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, line, said_again, same, *table = done.stdout.splitlines()
    assert (" has the line" in said, " had the line" in said_again, same) == (True, True, line)
    assert table == ["# mine", line]


# -- systemd -------------------------------------------------------------------------------------------


def a_systemctl(folder: Path) -> dict[str, str]:
    """A `systemctl` that must not be called: only that there is one is asked."""
    folder.mkdir()
    command = folder / "systemctl"
    command.write_text("#!/bin/sh\ntouch called\n", "utf-8")
    command.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


@pytest.fixture
def as_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.mark.usefixtures("as_a_user")
def test_the_units_are_printed_with_where_they_belong(program: Program) -> None:
    answer = program.here("setup", "systemd")
    assert answer.exit_code == Exit.DONE
    folder = program.folder / ".config" / "systemd" / "user"
    for name in ("service", "timer"):
        assert f"# {folder}/ianawatch.{name}\n" in answer.out
    assert f"--database {program.database} sync --quiet\n" in answer.out
    assert not folder.exists()
    assert "what is new will be in the journal only; for mail or chat add a channel" in answer.err


@pytest.mark.usefixtures("as_a_user")
def test_the_units_are_put_in_place_and_the_next_commands_said(program: Program, tmp_path: Path) -> None:
    env = a_systemctl(tmp_path / "bin")
    answer = program.here("setup", "systemd", "--install", env=env)
    assert answer.exit_code == Exit.DONE
    folder = program.folder / ".config" / "systemd" / "user"
    assert answer.out.splitlines() == [
        f"{folder}/ianawatch.service: written",
        f"{folder}/ianawatch.timer: written",
        "now run",
        "  systemctl --user daemon-reload",
        "  systemctl --user enable --now ianawatch.timer",
        "  systemctl --user start ianawatch",
        "  loginctl enable-linger   # it shall run while you are not logged in",
    ]
    printed = program.here("setup", "systemd", env=env).out
    assert (folder / "ianawatch.service").read_text("utf-8") in printed
    again = program.here("setup", "systemd", "--install", env=env)
    assert again.out == answer.out.replace(": written", ": is as it should be")
    assert not list(tmp_path.rglob("called"))


@pytest.mark.usefixtures("as_a_user")
def test_units_of_somebody_elses_are_not_written_over(program: Program, tmp_path: Path) -> None:
    unit = program.folder / ".config" / "systemd" / "user" / "ianawatch.timer"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Timer]\n", "utf-8")
    answer = program.here("setup", "systemd", "--install", env=a_systemctl(tmp_path / "bin"))
    assert (answer.exit_code, answer.out) == (Exit.USAGE, "")
    assert [path.name for path in unit.parent.iterdir()] == [unit.name]


@pytest.mark.usefixtures("as_a_user")
def test_without_systemd_one_is_told_what_to_do(program: Program, tmp_path: Path) -> None:
    answer = program.here("setup", "systemd", "--install", env={"PATH": str(tmp_path)})
    assert (answer.exit_code, answer.out) == (Exit.CONFIGURATION, "")
    assert answer.err.startswith("ianawatch: there is no systemd on this machine; let cron do it")


# -- completion ----------------------------------------------------------------------------------------


def completed(program: Program, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    env = {
        "_IANAWATCH_COMPLETE": "bash_complete",
        "COMP_WORDS": shlex.join(["ianawatch", *words])
        if words[-1]
        else f"ianawatch {shlex.join(words[:-1])} ",
        "COMP_CWORD": str(len(words)),
    }
    answer = program.run(env=env)
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    return [line.partition(",")[2] for line in answer.out.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ([""], list(COMMANDS)),
        (["sy"], ["sync"]),
        (["--da"], ["--database"]),
        # After a word that is no command, the commands.
        (["snyc", ""], list(COMMANDS)),
        (["sync", "--for"], ["--format"]),
        (["sync", "--format", ""], ["text", "json"]),
        (["flags", ""], ["ignore", "list", "unignore"]),
        (["setup", "completion", ""], ["bash", "zsh", "fish"]),
        (["--database", "a.db", "st"], ["status"]),
    ],
    ids=" ".join,
)
def test_a_shell_completes_what_was_begun(words: list[str], offered: list[str], program: Program) -> None:
    assert completed(program, *words) == offered


def test_a_wrong_configuration_does_not_keep_a_shell_from_completing(program: Program) -> None:
    config = program.folder / ".config" / "ianawatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("retrys = 1\n", "utf-8")
    assert completed(program, "sy") == ["sync"]


def test_completing_a_command_imports_none(program: Program) -> None:
    env = {
        "_IANAWATCH_COMPLETE": "zsh_complete",
        "COMP_WORDS": "ianawatch s",
        "COMP_CWORD": "1",
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    answer = program.run(env=env)
    assert answer.out.splitlines()[:3] == ["plain", "sync", COMMANDS["sync"]]
    assert "sync.cli" in answer.err
    assert "sync.commands" not in answer.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(shell: str, program: Program) -> None:
    named = program.here("setup", "completion", shell)
    assert (named.exit_code, named.err) == (Exit.DONE, "")
    assert f"_IANAWATCH_COMPLETE={shell}_complete" in named.out
    assert program.here("setup", "completion", env={"SHELL": f"/usr/bin/{shell}"}) == named


def test_bash_takes_the_script(program: Program, tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(program.here("setup", "completion", "bash").out, "utf-8")
    command = f". {shlex.quote(str(script))} && complete -p ianawatch"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip().endswith("-F _ianawatch_completion ianawatch")


def test_another_shell_is_asked_to_be_named(program: Program) -> None:
    for env in ({}, {"SHELL": "/bin/csh"}):
        answer = program.here("setup", "completion", env=env)
        assert (answer.exit_code, answer.out) == (Exit.USAGE, "")
        assert answer.err == "ianawatch: name a shell: ianawatch setup completion bash|zsh|fish\n"
