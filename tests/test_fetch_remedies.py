"""What to do about a source that can't be had."""

from __future__ import annotations

import errno
from http import HTTPStatus

import pytest

from sync.fetch.remedies import Remedy, of_certificate, of_file, of_status


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (204, Remedy.ADDRESS),
        (302, Remedy.ADDRESS),
        (304, Remedy.BETWEEN),
        (401, Remedy.LOGIN),
        (403, Remedy.ADMISSION),
        (404, Remedy.ADDRESS),
        (407, Remedy.PROXY_LOGIN),
        (410, Remedy.ADDRESS),
        (418, Remedy.ADDRESS),
        (451, Remedy.ADMISSION),
    ],
)
def test_a_status_that_stays_has_a_remedy(status: int, remedy: Remedy) -> None:
    assert of_status(status) is remedy


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 999])
def test_a_status_that_passes_by_itself_has_none(status: int) -> None:
    assert of_status(status) is Remedy.NONE


def test_every_status_of_the_standard_has_an_answer() -> None:
    assert {type(of_status(status)) for status in HTTPStatus} == {Remedy}


@pytest.mark.parametrize(
    ("verify_code", "remedy"),
    [
        (9, Remedy.CLOCK),  # not yet valid
        (10, Remedy.CLOCK),  # expired
        (18, Remedy.CA),  # self-signed
        (20, Remedy.CA),  # by an unknown CA
        (62, Remedy.ADDRESS),  # another host's
        (64, Remedy.ADDRESS),  # another IP address's
    ],
)
def test_a_certificate_by_what_openssl_says_of_it(verify_code: int, remedy: Remedy) -> None:
    assert of_certificate(verify_code) is remedy


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOENT, Remedy.PATH),
        (errno.EISDIR, Remedy.PATH),
        (errno.EACCES, Remedy.RIGHTS),
        (errno.EPERM, Remedy.RIGHTS),
    ],
)
def test_a_file_by_why_the_system_did_not_give_it(number: int, remedy: Remedy) -> None:
    assert of_file(OSError(number, "why")) is remedy


def test_a_remedy_is_a_phrase_that_continues_a_line() -> None:
    for remedy in set(Remedy) - {Remedy.NONE}:
        assert remedy[0].islower()
        assert remedy.isprintable()
        assert not remedy.endswith(".")
