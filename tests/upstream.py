"""What upstream may do to a registry of a few values, as hypothesis draws it, and the versions it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st
from served import content, document, registry
from tenures import Says, Served

from sync.records import Record, RegistrySnapshot, SetAside
from sync.state import Version

VALUES = range(12)
WATCH = "codes"
COMPANION = "opcodes"
"""Another watch of the document, whose registry never changes."""

Unreadable = tuple[tuple[str, int | None], ...]
"""Records that can't be used: the text of each, and its value where that can be read."""


@dataclass(frozen=True)
class Edit:
    """What upstream does to some of its values."""

    deed: str
    first: int
    more: int
    """How many further values it is done to."""
    name: str
    date: str | None

    def done_to(self, table: dict[int, Says]) -> None:
        """Change the table."""
        for value in VALUES[self.first : self.first + self.more + 1]:
            says = table.get(value)
            match self.deed:
                case "register":
                    table.setdefault(value, Says(self.name, self.date, self.date))
                case "hand over":
                    table[value] = Says(self.name, self.date, self.date)
                case "withdraw":
                    table.pop(value, None)
                case "rename" if says:
                    table[value] = replace(says, name=self.name)
                case "re-date" if says:
                    table[value] = replace(says, date=self.date)
                case "revise" if says:
                    table[value] = replace(says, revised=self.date)


edits = st.builds(
    Edit,
    st.sampled_from(
        ["register", "register", "hand over", "withdraw", "withdraw", "rename", "re-date", "revise"]
    ),
    st.sampled_from(VALUES),
    st.sampled_from([0, 0, 0, 1, 4]),
    st.sampled_from(["Ash", "Birch", "Cedar"]),
    st.sampled_from(["2021-01-01", "2021-02-02", None]),
)
"""Few names and dates, so that they meet again."""

unreadables = st.dictionaries(
    st.sampled_from(["3o", "4o", "5o"]), st.none() | st.sampled_from(VALUES), min_size=1, max_size=2
).map(lambda texts: tuple(sorted(texts.items())))

days_off = st.sampled_from([0, 0, 0, 0, -1, -40, 1, 2, 3, 400])
"""By how many days the date of a document is wrong."""


def publish(
    number: int,
    updated: str | None,
    table: Mapping[int, Says],
    seed: int,
    *,
    unreadable: Unreadable = (),
    bundled: bool = False,
) -> Served:
    """A version that assigns what the table says.

    Where the same is said of neighbours, a row ends anywhere. A value of a record that can't be used has
    another row only where it is assigned, and not always then.
    """
    random = Random(seed)  # noqa: S311  # where a row ends is no secret
    left_out = {value for _, value in unreadable if value not in table or random.random() < 0.5}
    rows: list[tuple[int, int, Says | None]] = []
    for value in VALUES:
        says = table.get(value)
        if rows and rows[-1][1:] == (value - 1, says) and random.random() < 0.7:
            rows[-1] = (rows[-1][0], value, says)
        elif value not in left_out:
            rows.append((value, value, says))
    return Served(number, updated, tuple(rows), unreadable, bundled=bundled)


def version_of(served: Served, watches: Iterable[str]) -> Version:
    """The version as a parser gives it to the watches."""
    records = [
        Record(first, last, content(*((says.name, says.date, says.revised) if says else ("Unassigned",))))
        for first, last, says in served.rows
    ]
    aside = [SetAside("it can't be read", text, value, value) for text, value in served.unreadable]
    ours = RegistrySnapshot("codes", "Codes", tuple(records), tuple(aside))
    registries: dict[str, RegistrySnapshot | str] = {
        WATCH: "it is missing" if served.gone else ours,
        COMPANION: registry({1: ("Text", None)}),
    }
    version = document(served.updated, bundled=served.bundled, **{name: registries[name] for name in watches})
    return replace(version, sha256=f"{served.number:064x}")
