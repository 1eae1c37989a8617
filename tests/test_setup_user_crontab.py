"""The user's crontab by way of the command `crontab`."""

from __future__ import annotations

from pathlib import Path

import pytest
from crontabs import Crontab

from sync.errors import WrongConfiguration
from sync.setup.user_crontab import read_crontab, write_crontab


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crontab:
    crontab = Crontab(tmp_path)
    monkeypatch.setenv("PATH", crontab.path["PATH"])
    return crontab


def test_where_there_is_none_it_is_empty(crontab: Crontab) -> None:
    assert read_crontab() == ""
    assert not crontab.table.exists()


def test_what_is_written_is_read(crontab: Crontab) -> None:
    text = "# täglich\r\n0 1 * * * backup\x0b\n"
    write_crontab(text)
    assert read_crontab() == text
    assert crontab.table.read_bytes() == text.encode()


def test_what_is_no_text_goes_back_as_it_came(crontab: Crontab) -> None:
    body = b"# caf\xe9\n0 1 * * * backup\n"
    crontab.table.write_bytes(body)
    write_crontab(read_crontab())
    assert crontab.table.read_bytes() == body


def test_without_the_command_one_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongConfiguration, match=r"no crontab command .* ianawatch setup systemd$"):
        read_crontab()


def test_who_may_not_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", Crontab(tmp_path, refuses=True).path["PATH"])
    with pytest.raises(
        WrongConfiguration, match=r"^the crontab can't be read: You \(tester\) are not allowed"
    ):
        read_crontab()
    with pytest.raises(WrongConfiguration, match=r"^the crontab can't be written: You"):
        write_crontab("")
