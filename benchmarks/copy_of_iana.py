"""A copy of IANA's documents, generated: of their number, size and shape, and always the same.

A full copy has 683 documents of 25.5 MB together, the largest of 3.9 MB, and 110,446 records; 33,309 of them
stand in the 2,214 registries that hold numbers only. These figures are met; names, texts, dates and people
are invented. Sizes are skewed: most registries have a handful of records, some have hundreds, and one list of
names is a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from random import Random

DOCUMENTS = 683
RECORDS = 110_446
NUMERIC_RECORDS = 33_309
NUMERIC_REGISTRIES = 2_214
OTHER_REGISTRIES = 1_400
LARGEST = 16_550
"""Records of the largest registry, which holds names."""
SEED = 6455
UNASSIGNED = "Unassigned"
NAMESPACE = "http://www.iana.org/assignments"

_HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<registry xmlns="{namespace}" id="{name}">
  <title>{title}</title>
  <created>{created}</created>
  <updated>{updated}</updated>
"""
_REGISTRY = """
  <registry id="{name}">
    <title>{title}</title>
    <registration_rule>Expert Review</registration_rule>
    {reference}
"""
_RECORD = """    <record{dates}>
      <value>{value}</value>
      <description>{text}</description>
{more}    </record>
"""
_PERSON = """    <person id="{person}">
      <name>{name}</name>
      <uri>mailto:{person}&amp;example.org</uri>
    </person>
"""
_VOCABULARY = """
address alternate announcement authentication binding capability certificate channel cipher class client
configuration connection content control descriptor discovery domain encoding endpoint error event extended
extension failure feature filter flow format frame gateway group header identifier indication information
interface key label layer length link list locator management message metric mode multicast name network
notification object operation option packet parameter path payload policy port prefix priority profile
protocol query record reference registration relay request resource response route security segment service
session signature source state status stream subnet support switch table template terminal timeout token
topology traffic transport tunnel type unicast update validation value vector version
"""
_WORDS = _VOCABULARY.split()
_FORENAMES = (
    "Ada",
    "Ben",
    "Cleo",
    "Dana",
    "Emil",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Jun",
    "Kim",
    "Lea",
    "Max",
    "Nia",
)
_SURNAMES = ("Abbot", "Brandt", "Costa", "Dietz", "Evans", "Fuchs", "Grau", "Holm", "Ito", "Klein", "Novak")


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry of a document."""

    id: str
    records: int
    numeric: bool
    """Whether each of its values is a number or a range of numbers."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document."""

    name: str
    body: bytes
    registries: tuple[Registry, ...]


def documents() -> Iterator[Document]:
    """Every document, the largest first."""
    random = Random(SEED)  # noqa: S311  # shapes, no secrets
    numeric = _shares(random, NUMERIC_RECORDS, NUMERIC_REGISTRIES, skew=1.3)
    others = _shares(random, RECORDS - NUMERIC_RECORDS - LARGEST, OTHER_REGISTRIES, skew=1.3)
    sizes = [(size, True) for size in numeric] + [(size, False) for size in others]
    random.shuffle(sizes)
    counts = _shares(random, len(sizes), DOCUMENTS - 1, skew=0.9)
    yield _document(random, "registry-0", [(LARGEST, False)])
    for number, (begin, end) in enumerate(pairwise(accumulate(counts, initial=0)), 1):
        yield _document(random, f"registry-{number}", sizes[begin:end])


def _shares(random: Random, total: int, count: int, *, skew: float) -> list[int]:
    """So many whole numbers of at least 1 with this sum, most of them small."""
    weights = list(accumulate((random.lognormvariate(0, skew) for _ in range(count)), initial=0))
    bounds = [round((total - count) * weight / weights[-1]) for weight in weights]
    return [1 + after - before for before, after in pairwise(bounds)]


def _document(random: Random, name: str, sizes: Sequence[tuple[int, bool]]) -> Document:
    people = _people(random, sum(size for size, _ in sizes) // 12 + 1)
    created, updated = _day(random, 1998, 2012), _day(random, 2013, 2025)
    title = _phrase(random, 2, 6)
    parts = [_HEAD.format(namespace=NAMESPACE, name=name, title=title, created=created, updated=updated)]
    registries = []
    for number, (size, numeric) in enumerate(sizes, 1):
        registry = Registry(f"{name}-{number}", size, numeric)
        title, reference = _phrase(random, 2, 5), _reference(random)
        parts.append(_REGISTRY.format(name=registry.id, title=title, reference=reference))
        values = _numbers(random, size) if numeric else _labels(random, size)
        parts += [_record(random, value, text, people) for value, text in values]
        parts.append("  </registry>\n")
        registries.append(registry)
    parts.append("  <people>\n")
    parts += [_PERSON.format(person=person, name=person.replace("_", " ")) for person in people]
    parts.append("  </people>\n</registry>\n")
    return Document(name, "".join(parts).encode(), tuple(registries))


def _record(random: Random, value: str, text: str, people: Sequence[str]) -> str:
    if text == UNASSIGNED:
        return _RECORD.format(dates="", value=value, text=text, more="")
    dates = f' date="{_day(random, 2003, 2025)}"' if random.random() < 0.4 else ""
    more = f"      {_reference(random)}\n"
    if random.random() < 0.25:
        more += f'      <xref type="person" data="{random.choice(people)}"/>\n'
    return _RECORD.format(dates=dates, value=value, text=text, more=more)


def _numbers(random: Random, size: int) -> Iterator[tuple[str, str]]:
    """Numbers and ranges of numbers that rise, in one notation, with what each is for."""
    written = "0x{:02X}" if random.random() < 0.2 else "{}"
    value = random.choice((0, 0, 1))
    for left in reversed(range(size)):
        width = 1 if random.random() < 0.93 else random.randrange(2, 64)
        first, last = written.format(value), written.format(value + width - 1)
        if width == 1:
            yield first, _phrase(random, 2, 5)
        else:
            yield f"{first}-{last}", UNASSIGNED if left else "Reserved for Private Use"
        value += width


def _labels(random: Random, size: int) -> Iterator[tuple[str, str]]:
    """Names, as most registries have them; some of them are made of digits, as names may be."""
    for number in range(size):
        label = f"{random.choice(_WORDS)}-{random.choice(_WORDS)}-{number}"
        yield (str(number) if number % 50 == 7 else label), _phrase(random, 4, 13)


def _phrase(random: Random, least: int, most: int) -> str:
    return " ".join(random.choices(_WORDS, k=random.randint(least, most))).capitalize()


def _reference(random: Random) -> str:
    if random.random() < 0.85:
        return f'<xref type="rfc" data="rfc{random.randrange(1000, 9900)}"/>'
    return f'<xref type="uri" data="https://example.org/{random.choice(_WORDS)}/{random.choice(_WORDS)}"/>'


def _day(random: Random, first: int, last: int) -> str:
    return f"{random.randint(first, last)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _people(random: Random, count: int) -> list[str]:
    chosen = (f"{random.choice(_FORENAMES)}_{random.choice(_SURNAMES)}" for _ in range(count))
    return list(dict.fromkeys(chosen))
