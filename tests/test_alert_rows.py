"""An alert is sent as it was decided: its row has all that it says."""

from __future__ import annotations

from databases import texts, times
from hypothesis import given, settings
from hypothesis import strategies as st
from outbox import KEYS, NOON, begin_anew, post

from db.deliveries import Deliveries
from db.engine import Database
from sync.audience import Audience
from sync.news.alerts import Alert, Subject
from sync.state import Use

subjects = st.builds(
    Subject,
    key=st.sampled_from(KEYS),
    first=st.integers(0, 2**63 - 1),
    last=st.integers(0, 2**63 - 1),
    name=texts,
    registered_on=st.none() | texts,
    ending=st.integers(0, 9),
    missing_from=st.lists(texts, max_size=2).map(tuple),
    uses=st.lists(
        st.builds(Use, texts, st.integers(0, 2**63 - 1), texts, st.none() | st.integers(1, 9999)), max_size=2
    ).map(tuple),
)
alerts = st.builds(
    Alert,
    uid=texts,
    audience=st.sampled_from(Audience),
    kind=texts,
    watch=st.just("codes"),
    at=times,
    subjects=st.lists(subjects, max_size=2, unique_by=lambda subject: subject.key).map(tuple),
    text=texts,
    about=texts,
    compared=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=50)
@given(alert=alerts)
def test_an_alert_is_sent_as_it_was_decided(database: Database, alert: Alert) -> None:
    with database.write() as connection:
        begin_anew(connection)
        post(connection, alert)
        (claim,) = Deliveries(connection).claim("chat", NOON)
        assert claim.message.alerts == (alert,)
