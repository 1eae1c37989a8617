"""What is implausible waits for a person or for a better version, day by day; all else goes on.

Each sequence ends applied, or in a person's hands: never stuck (docs/rules.md, rule 4).
"""

from __future__ import annotations

from sequences import Story, days
from served import CLOSED, FIVE, FORBIDDEN, UNAUTHORIZED, WITH_3000, Table, copy, document, registry

from sync.state import NoticeKind


def test_a_record_that_cannot_be_read_over_a_known_code_for_ever() -> None:
    story = Story()
    garbled = copy("2021-09-20", {1000: CLOSED}, aside={"3000 ": 3000})
    garbled_later = copy("2021-10-20", {1000: CLOSED, 3003: FORBIDDEN}, aside={"3000 ": 3000})
    without_1000 = copy("2021-11-20", {3003: FORBIDDEN}, aside={"3000 ": 3000})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(garbled).applied().told(NoticeKind.RECORDS_SET_ASIDE)
    story.day(50).sees(garbled_later).applied().news("registered 3003 Forbidden")
    story.day(80).sees(without_1000).applied().misses(1000)
    for day in days(81, 445):
        story.day(day).sees(without_1000).unchanged()
    story.knows({1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN}).ends_with_a_person()


def test_a_record_whose_value_cannot_be_read_may_hide_any_code() -> None:
    story = Story()
    garbled = copy("2021-09-20", {1000: CLOSED}, aside={"30O0 Unauthorized": None})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(garbled).applied().told(NoticeKind.RECORDS_SET_ASIDE).misses(3000)
    for day in days(21, 60):
        story.day(day).sees(garbled).unchanged()
    mended = copy("2021-10-31", {1000: CLOSED, 3000: UNAUTHORIZED})
    story.day(61).sees(mended).applied().misses()
    story.ends_with(mended)


def test_what_a_mended_record_turns_out_not_to_hide_is_missing_from_then_on() -> None:
    story = Story()
    garbled = copy("2021-09-20", {1000: CLOSED}, aside={"30O0 Unauthorized": None})
    mended = copy("2021-10-31", {1000: CLOSED, 3003: FORBIDDEN})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(garbled).applied().told(NoticeKind.RECORDS_SET_ASIDE)
    story.day(61).sees(mended).applied().news("registered 3003 Forbidden").misses(3000)
    story.day(61.9).not_modified()
    story.day(62).not_modified().news("withdrawn 3000 Unauthorized")
    story.ends_with(mended)


def test_a_person_says_that_an_unreadable_record_hides_nothing() -> None:
    story = Story()
    garbled = copy("2021-09-20", {1000: CLOSED}, aside={"30O9 Nothing": None})
    still_garbled = copy("2021-10-20", {1000: CLOSED, 3003: FORBIDDEN}, aside={"30O9 Nothing": None})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(garbled).applied().told(NoticeKind.RECORDS_SET_ASIDE)
    story.day(30).accepts(garbled).unchanged().news("withdrawn 3000 Unauthorized")
    story.day(50).sees(still_garbled).applied().news("registered 3003 Forbidden")
    story.day(51).not_modified()
    story.ends_with(still_garbled)


def test_one_of_two_unreadable_records_is_mended() -> None:
    story = Story()
    both = copy("2021-09-20", {1000: CLOSED}, aside={"3000 ": 3000, "30O9 ": None})
    one = copy("2021-10-20", {1000: CLOSED, 3000: UNAUTHORIZED}, aside={"30O9 ": None})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(both).applied().told(NoticeKind.RECORDS_SET_ASIDE)
    story.day(50).sees(one).applied()
    story.ends_with_a_person()


def test_four_of_five_gone_at_once_with_a_new_one_then_a_person_accepts() -> None:
    story = Story()
    five = copy("2024-03-02", FIVE)
    restructured = copy("2024-06-01", {1000: CLOSED, 3010: ("Too Late", "2024-05-31")})
    story.day(913).sees(five).applied()
    story.day(1004).sees(restructured).applied().told(NoticeKind.MANY_MISSING).news(
        "registered 3010 Too Late"
    ).misses(3000, 3003, 3008, 3009)
    for day in days(1005, 1100):
        story.day(day).sees(restructured).unchanged()
    story.day(1101).accepts(restructured).unchanged().news(
        "withdrawn 3000 Unauthorized",
        "withdrawn 3003 Forbidden",
        "withdrawn 3008 Timeout",
        "withdrawn 3009 Conflict",
    )
    story.ends_with(restructured)


def test_four_of_five_gone_at_once_and_nobody_says_a_word() -> None:
    story = Story()
    story.day(913).sees(copy("2024-03-02", FIVE)).applied()
    restructured = copy("2024-06-01", {1000: CLOSED})
    story.day(1004).sees(restructured).applied().told(NoticeKind.MANY_MISSING)
    for day in days(1005, 1370):
        story.day(day).sees(restructured).unchanged()
    story.knows(FIVE).ends_with_a_person()


def test_four_of_five_gone_at_once_are_back_in_the_next_version() -> None:
    story = Story()
    story.day(913).sees(copy("2024-03-02", FIVE)).applied()
    story.day(1004).sees(copy("2024-06-01", {1000: CLOSED})).applied().told(NoticeKind.MANY_MISSING)
    back = copy("2024-06-05", FIVE)
    story.day(1008).sees(back).applied()
    story.day(1020).not_modified()
    story.ends_with(back)


def test_what_a_person_accepted_is_withdrawn_although_others_wait() -> None:
    story = Story()

    def from_value(first: int) -> Table:
        return {value: (f"Code {value}", None) for value in range(first, 3008)}

    three_gone = copy("2021-09-20", from_value(3003))
    six_gone = copy("2021-09-21", from_value(3006))
    story.day(8).sees(copy("2021-09-08", from_value(3000))).applied()
    story.day(19.9).sees(three_gone).applied().told(NoticeKind.MANY_MISSING)
    story.day(20).accepts(three_gone).unchanged()
    story.day(20.5).sees(six_gone).applied().told(NoticeKind.MANY_MISSING)
    story.day(21).sees(six_gone).unchanged().news(
        "withdrawn 3000 Code 3000", "withdrawn 3001 Code 3001", "withdrawn 3002 Code 3002"
    )
    story.misses(3003, 3004, 3005).ends_with_a_person()


def test_one_registry_of_two_missing() -> None:
    story = Story("codes", "opcodes")
    texts = registry({1: ("Text", None)})
    both = document("2021-09-08", codes=registry({3000: UNAUTHORIZED}), opcodes=texts)
    more_texts = registry({1: ("Text", None), 2: ("Bin", None)})
    one = document("2021-09-20", codes="it is missing", opcodes=more_texts)
    again = document("2021-10-20", codes=registry({3000: UNAUTHORIZED, 3003: FORBIDDEN}), opcodes=more_texts)
    story.day(8).sees(both).applied()
    story.day(20).sees(one).applied().told(NoticeKind.REGISTRY_QUARANTINED).news("opcodes: registered 2 Bin")
    for day in days(21, 40):
        story.day(day).sees(one).unchanged()
        story.day(day + 0.5).sees(both).older()
    story.knows({3000: UNAUTHORIZED}).misses()
    story.day(50).sees(again).applied().news("registered 3003 Forbidden")
    story.ends_with(again)


def test_a_registry_that_is_gone_waits_for_a_person() -> None:
    story = Story()
    gone = document("2021-09-20", codes="it is missing")
    still_gone = document("2021-10-20", codes="it is empty")
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(gone).quarantined().told(NoticeKind.REGISTRY_QUARANTINED)
    story.day(21).sees(gone).quarantined()
    story.day(50).sees(still_gone).quarantined()
    story.knows({1000: CLOSED, 3000: UNAUTHORIZED}).misses().ends_with_a_person()


def test_a_person_accepts_that_a_registry_is_gone() -> None:
    story = Story()
    gone = document("2021-09-20", codes="it is missing")
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(gone).quarantined().told(NoticeKind.REGISTRY_QUARANTINED)
    story.day(20.1).accepts(gone).applied().misses(1000, 3000)
    story.day(21.1).sees(gone).unchanged().news(
        "withdrawn 1000 Normal Closure", "withdrawn 3000 Unauthorized"
    )
    story.day(50).sees(document("2021-10-20", codes="it is empty")).applied().knows({})
    back = copy("2021-11-20", {3000: UNAUTHORIZED})
    story.day(80).sees(back).applied().news("returned 3000 Unauthorized")
    story.ends_with(back)


def test_a_document_that_cannot_be_read_is_told_once_an_episode() -> None:
    story = Story()
    story.day(8).sees(WITH_3000).applied()
    story.day(9).cannot_read("a stray byte").told(NoticeKind.DOCUMENT_QUARANTINED)
    story.day(9.1).cannot_read("a stray byte")
    story.day(10).sees(WITH_3000).unchanged()
    story.day(11).cannot_read("a duplicate attribute").told(NoticeKind.DOCUMENT_QUARANTINED)
    story.day(12).not_modified()
    story.ends_with(WITH_3000)
