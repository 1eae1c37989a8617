"""`ianawatch watch add`: a document is asked for, its registries looked through, and tables written for the chosen.

Everything that can be wrong is told before the network is used; nothing is written unless all is well. No
database is made: the first sync does that.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.commands.config_file import changed, require_file
from sync.commands.locations import read_location
from sync.errors import FetchFailed, UnusableInput, UsageProblem
from sync.fetch.location import is_url
from sync.fetch.location import shown as shown_location
from sync.program import Program

if TYPE_CHECKING:
    from sync.discover import Candidate, Place
    from sync.settings.model import WatchSettings

_NAMED = 8
"""How many registries an error names."""


@click.command(short_help="Watch one of IANA's registries of numbers.")
@click.argument("what", metavar="NAME|URL|FILE")
@click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="ID",
    help="The registry, where the document has several; may be repeated.",
)
@click.option("--all", "every", is_flag=True, help="Every registry of the document that can be watched.")
@click.option("--name", help="What to call the watch; by default as IANA calls it.")
@click.option("--range", "range_", metavar="FIRST-LAST", help="Tell only of registrations in this range.")
@click.option(
    "--documented",
    multiple=True,
    metavar="URL|FILE",
    help="A page to compare the registry with: what it lacks is flagged; may be repeated.",
)
@click.option(
    "--in-use", multiple=True, metavar="URL|FILE", help="A list of the values you use; may be repeated."
)
@click.pass_obj
def add(
    program: Program,
    *,
    what: str,
    registries: tuple[str, ...],
    every: bool,
    name: str | None,
    range_: str | None,
    documented: tuple[str, ...],
    in_use: tuple[str, ...],
) -> None:
    """Watch a registry of numbers, for example: ianawatch watch add http-status-codes

    What to watch is IANA's short name of a document, the address of its page, also with the registry behind a
    hash sign (tls-parameters#tls-parameters-6), or an XML document anywhere. A document with several such
    registries lists them; name yours with --registry, or take --all.

    Each new registration is told from the second sync on. With --documented, what your pages lack is
    flagged, as the close codes are.

    Exit codes: 0 it is watched, 2 which one is not clear, 65 it holds other things than numbers, 73 the
    configuration can't be written, 75 the document can't be reached, 78 the configuration can't be changed.
    """
    from sync.discover import candidates, place
    from sync.watches import SHIPPED

    options = {"range": range_, "documented": _findable(documented), "in_use": _findable(in_use)}
    typed = any([name, *options.values()])
    if what in SHIPPED:
        _add_shipped(program, what, plain=not (typed or registries or every))
        return
    where = place(what)
    wanted = tuple(dict.fromkeys(registries or filter(None, [where.registry])))
    if every and wanted:
        raise UsageProblem("--all are all registries of the document; leave the registry out, or --all")
    require_file(program)
    _try_out(program, where, name, options)
    found = candidates(_registries(program, where), _watched(program, where.document))
    chosen = _chosen(found, where, wanted, every=every)
    known = [one for one in chosen if one.watched_as]
    new = [one for one in chosen if not one.watched_as]
    if typed and (known or len(new) > 1):
        raise UsageProblem(
            f"{known[0].registry}: it is watched already, as {known[0].watched_as}; to change that, edit "
            "the configuration file, or remove it first"
            if known
            else "--name, --range, --documented and --in-use are said of one registry; name it with --registry"
        )
    for one in known:
        program.say(f"{one.registry}: it is watched already, as {one.watched_as}")
    if shipped := next((one.registry for one in new if _ships(where.document, one.registry)), None):
        # It can be here only where it was switched off.
        _add_shipped(program, _ships(where.document, shipped) or "", plain=not typed)
        new = [one for one in new if one.registry != shipped]
    if new:
        alone = sum(one.unfit is None for one in found) == 1
        _add(program, where, new, name, options, alone=alone)


def _findable(sources: Sequence[str]) -> tuple[str, ...]:
    """The sources as a sync finds them from any folder. Raises UsageProblem for a file that is not there."""
    found = []
    for source in sources:
        if is_url(source):
            found.append(source)
            continue
        path = Path(os.path.abspath(Path(source).expanduser()))  # noqa: PTH100  # a link stays one
        if not path.is_file():
            raise UsageProblem(f"{source}: there is no such file; name a file that is there, or a URL")
        found.append(str(path))
    return tuple(found)


def _try_out(program: Program, where: Place, name: str | None, options: dict[str, str | tuple[str, ...] | None]) -> None:
    """Raises UsageProblem for what the settings would refuse."""
    from sync import watched
    from sync.settings.watches import faults

    if name is not None and name in watched.names(program.settings):
        raise UsageProblem(f"--name {name}: there is a watch of this name already; give another")
    for fault in faults(_settings(name or "new", where.document, "registry", options)):
        raise UsageProblem(fault)


def _settings(
    name: str, document: str, registry: str, options: dict[str, str | tuple[str, ...] | None]
) -> WatchSettings:
    from sync.settings.model import WatchSettings

    given = {key: value for key, value in options.items() if value}
    return WatchSettings(name=name, document=document, registry=registry, **given)  # type: ignore[arg-type]  # each in its type
