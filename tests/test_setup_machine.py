"""Facts about this machine and this user."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from sync.setup import machine


def test_the_user_is_whom_the_process_runs_as() -> None:
    assert machine.user_name() == pwd.getpwuid(os.geteuid()).pw_name
    assert machine.is_root() is (os.geteuid() == 0)


def test_roots_home_is_one() -> None:
    assert {Path("/home"), Path(pwd.getpwnam("root").pw_dir)} <= set(machine.homes())


def test_the_identity_stays_the_same_and_is_the_users() -> None:
    assert machine.identity() == machine.identity()
    assert machine.identity().endswith(f" {machine.user_name()}")
    assert not machine.identity().startswith(" ")
