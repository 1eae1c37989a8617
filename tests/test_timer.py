"""cron fires, the registry has a new code, and the mail arrives: every part is real.

cron runs in namespaces of its own, where it sees none of the machine's crontabs, jobs and pid files, and when
it ends all that it started ends. That needs root, and Debian's cron.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest
from builders import document, row
from loopback import LoopbackServer
from post_office import Mailbox

pytestmark = pytest.mark.matrix

WITHIN = 180.0
"""Seconds in which the letter has to come; the timer fires each minute."""
OWN = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-euc"]
"""Runs a shell that sees the machine's files, its own mounts and its own processes, and none other."""
SYSTEM = os.pathsep.join(["/usr/sbin", "/usr/bin", "/sbin", "/bin"])

NO_JOBS_OF_THE_MACHINE = r"""
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs
[ ! -d /etc/cron.d ] || mount -t tmpfs tmpfs /etc/cron.d
[ ! -e /etc/crontab ] || mount --bind /dev/null /etc/crontab
"""
EACH_MINUTE = r"""
ianawatch setup cron --install
crontab -l | sed -E 's/^[0-9]+ /* /; s/ --splay [0-9]+//' > crontab
echo "HOME=$HOME" | cat - crontab | crontab -
crontab -l
exec cron -f
"""
"""What a user does who can't wait for an hour. The home is what cron would take from elsewhere."""

NORMAL = row("1000", "Normal Closure")
UNAUTHORIZED = row("3000", "Unauthorized", date="2021-09-06")


@pytest.fixture(autouse=True)
def _possible() -> None:
    if os.geteuid():
        pytest.skip("cron in namespaces of its own needs root")
    for command in ("cron", "crontab", "unshare"):
        if shutil.which(command, path=SYSTEM) is None:
            pytest.skip(f"there is no {command} on this machine")
    tried = subprocess.run([*OWN, NO_JOBS_OF_THE_MACHINE], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no namespaces of one's own here: {tried.stderr.strip()}")


class Person:
    """Somebody who has installed the program, and has a home of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "log"
        programs = home / ".local" / "bin"
        programs.mkdir(parents=True)
        (programs / "ianawatch").symlink_to(Path(sys.executable).with_name("ianawatch"))
        self._environment = {
            "HOME": str(home),
            "PATH": f"{programs}{os.pathsep}{SYSTEM}",
            "LANG": "C.UTF-8",
        }

    def configures(self, source: str, mail: str) -> None:
        """Follow the README: a configuration file, a channel, and the file with its URL."""
        self.types("ianawatch config init")
        folder = self.home / ".config" / "ianawatch"
        with (folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(f'source = "{source}"\n[channels.mail]\nurl_file = "{folder}/mail"\n')
        (folder / "mail").write_text(f"{mail}\n", "utf-8")
        (folder / "mail").chmod(0o600)
        self.types("ianawatch config check")

    def types(self, command: str) -> None:
        """Run a command that goes well."""
        subprocess.run(command.split(), cwd=self.home, env=self._environment, check=True, capture_output=True)

    @contextmanager
    def timer(self) -> Iterator[None]:
        """Within it cron runs, and nothing else than the program's own line of the crontab."""
        with self.log.open("wb") as log:
            cron = subprocess.Popen(
                [*OWN, NO_JOBS_OF_THE_MACHINE + EACH_MINUTE],
                cwd=self.home,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield
        except Empty as e:
            raise AssertionError(f"nothing came: {self.log.read_text('utf-8')}") from e
        finally:
            cron.kill()
            cron.wait()


def crontab_of_the_machine() -> bytes:
    return subprocess.run(["crontab", "-l"], capture_output=True, check=False).stdout


def test_the_timer_fires_and_the_mail_arrives(tmp_path: Path) -> None:
    person, crontab = Person(tmp_path), crontab_of_the_machine()
    with LoopbackServer() as iana, Mailbox() as mailbox:
        iana.put("/registry.xml", document([NORMAL], updated="2021-09-01"))
        person.configures(iana.url("/registry.xml"), mailbox.url("ann@example.org"))
        person.types("ianawatch sync")
        assert mailbox.letters == []

        iana.put("/registry.xml", document([NORMAL, UNAUTHORIZED], updated="2021-09-08"))
        with person.timer():
            letter = mailbox.receive(WITHIN)
        assert len(iana.requests) == 2
    assert crontab_of_the_machine() == crontab
    assert letter["To"] == "ann@example.org"
    assert letter["Subject"] == "ianawatch: close-codes: 3000 registered, not documented"
    line = f"* * * * * {tmp_path}/.local/bin/ianawatch sync --quiet # set up by ianawatch"
    assert line in person.log.read_text("utf-8").splitlines()
