"""A letter through Apprise: mail and its webhooks, with real servers; what it would hide is not hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from letters import DELIVERY_UID, PAGE, UID, hostile_letter, letter, news, notice, subject
from loopback import LoopbackServer, RawServer, forget_surroundings
from post_office import Mailbox
from receivers import FAULTS, PATIENT, overhearing, refusal

from sync.deliver.apprise_channel import apprise_sender
from sync.errors import WrongConfiguration

HOOK = "/hooks/t0ken-in-the-path"
LETMEIN = "passw0rd"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_surroundings(monkeypatch)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


def hook(server: LoopbackServer | RawServer, kind: str = "json", query: str = "") -> str:
    return server.url(HOOK).replace("http://", f"{kind}://us3r:{LETMEIN}@") + query


# -- webhooks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["json", "xml", "form"])
@pytest.mark.parametrize("status", [200, 204])
def test_a_2xx_is_acceptance(server: LoopbackServer, kind: str, status: int) -> None:
    server.answer(HOOK, status=status)
    apprise_sender(hook(server, kind))(letter(), timeout=PATIENT)
    (seen,) = server.requests
    assert seen.method == "POST"
    assert UID.encode() in seen.body


@pytest.mark.parametrize("kind", ["json", "xml", "form"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_no_success(server: LoopbackServer, kind: str, status: int) -> None:
    server.answer(HOOK, status=status, headers={"Location": "/fine"})
    server.answer("/fine", status=200)
    assert f"error={status}" in refusal(apprise_sender(hook(server, kind)), letter())
    assert [seen.path for seen in server.requests] == [HOOK]


@pytest.mark.parametrize("status", [404, 500])
def test_another_status_is_named(server: LoopbackServer, status: int) -> None:
    server.answer(HOOK, status=status)
    reason = refusal(apprise_sender(hook(server)), letter())
    assert reason.startswith("json: ")
    assert f"error={status}" in reason


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_is_no_delivery(fault: str) -> None:
    script, timeout = FAULTS[fault]
    with RawServer(script) as raw:
        assert refusal(apprise_sender(hook(raw)), letter(), timeout).startswith("json: ")


def test_the_letter_is_sent_as_text_to_what_takes_text_first(server: LoopbackServer) -> None:
    server.answer(HOOK, status=200)
    apprise_sender(hook(server))(letter(), timeout=PATIENT)
    apprise_sender(hook(server, query="?format=html"))(letter(), timeout=PATIENT)
    as_text, as_html = (json.loads(seen.body) for seen in server.requests)
    assert as_text["title"] == as_html["title"] == letter().subject
    assert as_text["message"].split() == letter().text.split()
    assert f'<a href="{PAGE}">' in as_html["message"]


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_hostile_name_is_harmless_in_every_form(server: LoopbackServer, form: str) -> None:
    server.answer(HOOK, status=200)
    apprise_sender(hook(server, query=f"?format={form}"))(hostile_letter(), timeout=PATIENT)
    body = server.requests[0].body.decode()
    message = json.loads(body)["message"]
    assert "@" not in message
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert "<script" not in message
    assert "<!here" not in message
    assert "](https" not in message.replace(f"]({PAGE}", "")


def test_a_chat_loads_no_picture_from_elsewhere(server: LoopbackServer) -> None:
    room = "t0kent0kent0kent0kent0kent0ken"
    server.answer(f"/hooks/{room}", status=200)
    mattermost = server.url(f"/{room}?image=yes").replace("http://", "mmost://")
    apprise_sender(mattermost)(letter(), timeout=PATIENT)
    (seen,) = server.requests
    assert UID.encode() in seen.body
    assert re.findall(rb"https?://[^\s\"\\]+", seen.body) == [PAGE.encode()]


def test_an_operators_letter_is_a_warning(server: LoopbackServer) -> None:
    server.answer(HOOK, status=200)
    apprise_sender(hook(server))(letter(notice("the run has failed")), timeout=PATIENT)
    assert json.loads(server.requests[0].body)["type"] == "warning"


def test_a_letter_longer_than_the_channel_takes_comes_in_parts(server: LoopbackServer) -> None:
    server.answer(HOOK, status=200)
    long = letter(news(*(subject("x" * 100, value) for value in range(3000, 3400))))
    apprise_sender(hook(server))(long, timeout=PATIENT)
    parts = [json.loads(seen.body)["message"] for seen in server.requests]
    assert len(parts) > 1
    assert UID in parts[-1]


# -- mail ----------------------------------------------------------------------------------------------


def test_a_mail(mailbox: Mailbox) -> None:
    apprise_sender(mailbox.url("ops@example.org"))(letter(), timeout=PATIENT)
    (mail,) = mailbox.letters
    assert mail["Subject"] == "ianawatch: close-codes: 3008 registered, not documented"
    assert (mail["To"], mail["Auto-Submitted"]) == ("ops@example.org", "auto-generated")
    assert (mail["X-Ianawatch-Message"], mail["X-Ianawatch-Delivery"]) == (UID, DELIVERY_UID)
    assert len(mail.get_all("Message-ID") or []) == 1
    html, plain = mail.get_body(["html"]), mail.get_body(["plain"])
    assert html
    assert plain
    assert letter().html.split() == html.get_content().split()
    for line in (f"Message {UID}", "3008 Timeout, registered 2024-02-01; not documented in mdn", PAGE):
        assert line in plain.get_content()


def test_a_mail_in_plain_text(mailbox: Mailbox) -> None:
    apprise_sender(mailbox.url("ops@example.org", query="&format=text"))(letter(), timeout=PATIENT)
    (mail,) = mailbox.letters
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().split() == letter().text.split()


def test_a_hostile_name_is_harmless_in_a_mail(mailbox: Mailbox) -> None:
    apprise_sender(mailbox.url("ops@example.org"))(hostile_letter(), timeout=PATIENT)
    apprise_sender(mailbox.url("ops@example.org"))(letter(), timeout=PATIENT)
    hostile, ordinary = mailbox.letters
    assert hostile.keys() == ordinary.keys()
    assert hostile["Subject"] == "ianawatch: close-codes: 3009 registered, not documented"
    assert hostile["Bcc"] is None
    for form in ("html", "plain"):
        part = hostile.get_body([form])
        assert part
        assert not re.search("[\x1b\u202e\u2028@]|<script|<!here", part.get_content())


def test_a_refused_recipient(mailbox: Mailbox) -> None:
    mailbox.refuse("gone@example.org", "550 5.1.1 no such user here")
    reason = refusal(apprise_sender(mailbox.url("gone@example.org")), letter())
    assert reason == 'mailto: Sending email to "***" failed.'
    assert mailbox.letters == []


def test_one_refused_recipient_of_two_is_no_delivery(mailbox: Mailbox) -> None:
    mailbox.refuse("gone@example.org", "550 5.1.1 no such user here")
    refusal(apprise_sender(mailbox.url("ops@example.org", "gone@example.org")), letter())
    assert [mail["To"] for mail in mailbox.letters] == ["ops@example.org"]


def test_greylisting_is_no_delivery_and_passes(mailbox: Mailbox) -> None:
    mailbox.refuse("ops@example.org", "450 4.2.0 greylisted, come back later")
    send = apprise_sender(mailbox.url("ops@example.org"))
    refusal(send, letter())
    mailbox.accept("ops@example.org")
    send(letter(), timeout=PATIENT)
    assert [mail["X-Ianawatch-Delivery"] for mail in mailbox.letters] == [DELIVERY_UID]


def test_a_mail_server_that_is_down_is_named() -> None:
    with Mailbox() as mailbox:
        url = mailbox.url("ops@example.org")
    assert '"127.0.0.1"' in refusal(apprise_sender(url), letter())


# -- configuration and secrets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("t0ken", "can't use this"),
        ("nosuch://t0ken@example.org", "can't use this nosuch URL"),
        ("discord://t0ken", "can't use this discord URL"),
        ("json://a.example/t0ken, json://b.example/t0ken", "can't use this json URL"),
        ("json://us3r:t0ken@example.org/t0ken?optional=yes", "optional="),
        ("json://example.org/t0ken?x=1&optional=no", "optional="),
        ("json://example.org/t0ken?Optional=1", "optional="),
        ("json://example.org/t0ken?redirect=yes", "redirect="),
    ],
)
def test_what_would_lose_letters_is_refused_without_being_shown(
    url: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with overhearing() as ear, pytest.raises(WrongConfiguration, match=r"^the channel chat: ") as caught:
        apprise_sender(url, "the channel chat")
    assert said in str(caught.value)
    assert "t0ken" not in "".join([str(caught.value), ear.text, *capfd.readouterr()])


@pytest.mark.parametrize("answer", [200, 302, 500, *FAULTS])
def test_no_secret_of_a_webhook_gets_out(answer: int | str, capfd: pytest.CaptureFixture[str]) -> None:
    heard = []
    query = "?+X-Key=t0ken-in-a-header&-s=t0ken-in-the-query"
    with overhearing() as ear:
        if isinstance(answer, int):
            with LoopbackServer() as http:
                for path in (HOOK, f"{HOOK}?s=t0ken-in-the-query"):
                    http.answer(path, status=answer, headers={"Location": f"https://example.org{HOOK}"})
                send = apprise_sender(hook(http, query=query))
                if answer == 200:
                    send(letter(), timeout=PATIENT)
                else:
                    heard.append(refusal(send, letter()))
        else:
            script, timeout = FAULTS[answer]
            with RawServer(script) as raw:
                heard.append(refusal(apprise_sender(hook(raw, query=query)), letter(), timeout))
    printed = capfd.readouterr()
    everything = "\n".join([*heard, ear.text, printed.out, printed.err])
    assert not re.search("t0ken|us3r|passw0rd|hooks", everything)


def test_no_secret_of_a_mail_gets_out(mailbox: Mailbox, capfd: pytest.CaptureFixture[str]) -> None:
    # This server knows no AUTH: the login fails.
    with overhearing() as ear:
        reason = refusal(apprise_sender(mailbox.url("ops@example.org", password=LETMEIN)), letter())
    everything = "".join([reason, ear.text, *capfd.readouterr()])
    assert not re.search("passw0rd|us3r|ops@", everything)
