"""A letter to a webhook: what arrives, what counts as accepted, and what nobody gets to see."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from letters import DELIVERY_UID, HOSTILE, hostile_letter, letter
from loopback import LoopbackServer, RawServer, TlsLoopbackServer, forget_surroundings
from receivers import FAULTS, PATIENT, overhearing, refusal

from sync.deliver.webhook import signing_key, webhook_sender
from sync.errors import WrongConfiguration

KEY = b"a key that nobody sees"
HOOK = "/hooks/t0ken-in-the-path?s=t0ken-in-the-query"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "channels.md"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    forget_surroundings(monkeypatch)
    return monkeypatch


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


# -- what arrives --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_acceptance(server: LoopbackServer, status: int) -> None:
    server.answer(HOOK, status=status)
    webhook_sender(server.url(HOOK))(letter(), timeout=PATIENT)
    (seen,) = server.requests
    assert (seen.method, seen.path, seen.body) == ("POST", HOOK, letter().json)
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["User-Agent"].startswith("ianawatch/")
    assert seen.headers["Idempotency-Key"] == seen.headers["webhook-id"] == DELIVERY_UID
    assert "webhook-signature" not in seen.headers


def test_a_signature_is_over_id_time_and_body(server: LoopbackServer) -> None:
    server.answer(HOOK, status=204)
    webhook_sender(server.url(HOOK), KEY)(letter(), timeout=PATIENT)
    (seen,) = server.requests
    sent_at = seen.headers["webhook-timestamp"]
    digest = hmac.new(KEY, f"{DELIVERY_UID}.{sent_at}.".encode() + seen.body, hashlib.sha256).digest()
    assert seen.headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"
    assert int(sent_at) > 1_700_000_000


def test_the_documented_check_lets_it_in_and_nothing_else(server: LoopbackServer) -> None:
    server.answer(HOOK, status=204)
    webhook_sender(server.url(HOOK), KEY)(letter(), timeout=PATIENT)
    (seen,) = server.requests
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    namespace: dict[str, object] = {}
    exec(example, namespace)  # noqa: S102 - what the page tells its readers to run
    verified = namespace["verified"]
    assert callable(verified)
    assert verified(KEY, seen.headers, seen.body) is True
    assert verified(b"another key", seen.headers, seen.body) is False
    assert verified(KEY, seen.headers, seen.body + b" ") is False
    assert verified(KEY, {**seen.headers, "webhook-id": "another"}, seen.body) is False
    assert verified(KEY, {**seen.headers, "webhook-timestamp": "1700000000"}, seen.body) is False


def test_the_documented_json_is_what_arrives(server: LoopbackServer) -> None:
    server.answer(HOOK, status=204)
    webhook_sender(server.url(HOOK))(letter(), timeout=PATIENT)
    (seen,) = server.requests
    (example,) = re.findall(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert json.loads(seen.body) == json.loads(example)


def test_a_hostile_name_arrives_as_it_is_and_in_ascii(server: LoopbackServer) -> None:
    server.answer(HOOK, status=200)
    webhook_sender(server.url(HOOK))(hostile_letter(), timeout=PATIENT)
    (seen,) = server.requests
    assert seen.body.isascii()
    assert json.loads(seen.body)["alerts"][0]["codes"][0]["name"] == HOSTILE
    assert "@" not in json.loads(seen.body)["text"]


def test_an_accepted_letter_does_not_wait_for_the_rest_of_the_answer(server: LoopbackServer) -> None:
    server.answer(HOOK, status=200, headers={"Content-Length": "1000000"}, body=b"x")
    webhook_sender(server.url(HOOK))(letter(), timeout=PATIENT)


def test_credentials_in_the_url_are_sent_and_those_of_a_netrc_are_not(
    server: LoopbackServer, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", "utf-8")
    environment.setenv("NETRC", str(netrc))
    server.answer(HOOK, status=200)
    webhook_sender(server.url(HOOK))(letter(), timeout=PATIENT)
    webhook_sender(server.url(HOOK).replace("://", "://user:pass@"))(letter(), timeout=PATIENT)
    without, with_them = server.requests
    assert "Authorization" not in without.headers
    assert with_them.headers["Authorization"] == f"Basic {b64encode(b'user:pass').decode()}"


# -- what is not accepted ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_no_success(server: LoopbackServer, status: int) -> None:
    server.answer(HOOK, status=status, headers={"Location": "/fine"})
    server.answer("/fine", status=200)
    reason = refusal(webhook_sender(server.url(HOOK)), letter())
    assert f"answered with a redirect (status {status})" in reason
    assert [seen.path for seen in server.requests] == [HOOK]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "401 (Unauthorized); check the password, the token or the key"),
        (404, "404 (Not Found); check the address"),
        (429, "429 (Too Many Requests)"),
        (500, "500 (Internal Server Error)"),
        (799, "799"),
    ],
)
def test_another_status_is_named(server: LoopbackServer, status: int, said: str) -> None:
    server.answer(HOOK, status=status, body=b"no t0ken-in-the-path")
    reason = refusal(webhook_sender(server.url(HOOK)), letter())
    assert reason.endswith(f": it answered with status {said}")


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_is_no_delivery(fault: str) -> None:
    script, timeout = FAULTS[fault]
    with RawServer(script) as server:
        reason = refusal(webhook_sender(server.url(HOOK)), letter(), timeout)
    assert reason.startswith(f"{server.url('')}: ")


def test_nobody_there() -> None:
    with LoopbackServer() as server:
        gone = server.url(HOOK)
    assert "connection refused" in refusal(webhook_sender(gone), letter())


def test_a_certificate_that_is_not_trusted() -> None:
    with TlsLoopbackServer() as server:
        assert "not trusted" in refusal(webhook_sender(server.url(HOOK)), letter())
    assert server.requests == []


def test_a_certificate_of_ones_own_authority(environment: pytest.MonkeyPatch) -> None:
    with TlsLoopbackServer() as server:
        environment.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
        server.answer(HOOK, status=200)
        webhook_sender(server.url(HOOK))(letter(), timeout=PATIENT)


# -- configuration and secrets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["", "example.org/t0ken", "ftp://example.org/t0ken", "https:///t0ken", "https://a b/t0ken"]
)
def test_what_is_no_web_address_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(WrongConfiguration, match=r"^the channel hook: .*http or https URL") as caught:
        webhook_sender(url, name="the channel hook")
    assert "t0ken" not in str(caught.value)


def test_keys() -> None:
    assert signing_key("plain text") == b"plain text"
    assert signing_key(f"whsec_{b64encode(KEY).decode()}") == KEY
    for unusable in ("", "whsec_", "whsec_s3cret!"):
        with pytest.raises(WrongConfiguration) as caught:
            signing_key(unusable, "the channel hook")
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("answer", [204, 302, 500, *FAULTS])
def test_no_secret_gets_out(answer: int | str, capfd: pytest.CaptureFixture[str]) -> None:
    heard = []
    with overhearing() as ear:
        if isinstance(answer, int):
            with LoopbackServer() as http:
                http.answer(HOOK, status=answer, headers={"Location": f"https://example.org{HOOK}"})
                send = webhook_sender(http.url(HOOK).replace("://", "://us3r:passw0rd@"), KEY)
                if answer == 204:
                    send(letter(), timeout=PATIENT)
                else:
                    heard.append(refusal(send, letter()))
        else:
            script, timeout = FAULTS[answer]
            with RawServer(script) as raw:
                send = webhook_sender(raw.url(HOOK).replace("://", "://us3r:passw0rd@"), KEY)
                heard.append(refusal(send, letter(), timeout))
    printed = capfd.readouterr()
    everything = "\n".join([*heard, ear.text, printed.out, printed.err])
    assert not re.search("t0ken|us3r|passw0rd|hooks|nobody sees", everything)
