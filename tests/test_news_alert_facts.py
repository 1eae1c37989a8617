"""An alert as JSON: the one shape that docs/channels.md describes, wherever it is printed or sent."""

from __future__ import annotations

import json

from letters import HOSTILE, TIMEOUT, letter, news, notice, subject

from sync.news.alert_facts import alert_facts, inert_alert
from sync.news.alerts import AlertKind, Subject
from sync.state import NoticeKind, Use


def test_a_registration() -> None:
    assert alert_facts(news(TIMEOUT)) == {
        "id": "a1" * 16,
        "kind": "registration",
        "audience": "readers",
        "watch": "close-codes",
        "at": "2024-02-02T17:24:58Z",
        "codes": [
            {
                "first": 3008,
                "last": 3008,
                "name": "Timeout",
                "registered_on": "2024-02-01",
                "missing_from": ["mdn"],
                "documented_in": ["bundled"],
                "in_use": [],
            }
        ],
        "text": "close-codes: newly registered: 3008 Timeout, registered 2024-02-01; not documented in mdn",
    }


def test_operators_alerts_have_no_codes() -> None:
    facts = alert_facts(notice("no answer", NoticeKind.FAILING))
    assert (facts["audience"], facts["kind"], facts["codes"]) == ("operators", "failing", [])
    assert facts["text"] == "close-codes: no answer"


def test_a_conflict_says_where_the_code_is_in_use() -> None:
    conflicting = Subject("k", 3008, 3008, "Timeout", None, uses=(Use("nginx", 3008, "LIMIT", 7),))
    (code,) = alert_facts(news(conflicting, kind=AlertKind.CONFLICT))["codes"]
    assert code["in_use"] == [{"code": 3008, "name": "LIMIT", "source": "nginx", "line": 7}]


def test_names_are_exact_and_the_text_is_inert() -> None:
    alert = news(subject(HOSTILE))
    facts = json.loads(json.dumps(alert_facts(alert)))
    assert facts["codes"][0]["name"] == HOSTILE
    assert not set("@<>[]*~") & set(facts["text"])
    assert facts["text"].isprintable()


def test_a_letter_has_its_alerts_in_this_shape() -> None:
    alerts = [news(TIMEOUT), news(subject("Another"))]
    assert letter(*alerts).facts["alerts"] == [alert_facts(alert) for alert in alerts]


def test_what_is_inert_says_the_same_of_an_ordinary_name() -> None:
    assert inert_alert(news(TIMEOUT)) == news(TIMEOUT)
