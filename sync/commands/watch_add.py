"""`ianawatch watch add`: looks through a document's registries, and writes a table for each that is chosen.

Everything that can be wrong is told before the network is used; nothing is written unless all is well. No
database is made: the first sync does that.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.commands.config_file import change, editable
from sync.commands.locations import read_location
from sync.errors import DocumentUnusable, FetchFailed, UnusableInput, UsageProblem
from sync.fetch.location import is_url
from sync.fetch.location import shown as shown_location
from sync.program import Program
from sync.watches import IANA_LIST, SHIPPED

if TYPE_CHECKING:
    from sync.discover import Candidate, Place
    from sync.records import RegistrySnapshot
    from sync.settings.model import WatchSettings

_NEXT = "`ianawatch sync` takes the first look"
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
    """Watch one of IANA's registries: ianawatch watch add http-status-codes.

    What to watch is IANA's short name of a document, the address of its page, also with the registry behind a
    hash sign (tls-parameters#tls-parameters-6), or an XML document anywhere. A document with several such
    registries lists them; name yours with --registry, or take --all.

    Each new registration is told from the second sync on. With --documented, what your pages lack is
    flagged, as the close codes are.

    Exit codes: 0 it is watched, 2 which one is not clear, 65 it holds other things than numbers, 73 the
    configuration can't be written, 75 the document can't be reached, 78 the configuration can't be changed.
    """
    from sync import watched
    from sync.discover import candidates, place
    from sync.settings.model import WatchSettings
    from sync.settings.watches import faults

    settings = program.settings
    if what in SHIPPED:
        _require_plain(what, typed=any((registries, every, name, range_, documented, in_use)))
        _add_shipped(program, what)
        return
    where = place(what)
    draft = WatchSettings(
        name or "",
        where.document,
        range=range_,
        documented=_findable(documented),
        in_use=_findable(in_use),
    )
    typed = draft != WatchSettings(document=where.document)
    if name and name in watched.names(settings):
        raise UsageProblem(f"--name {name}: there is a watch of this name already; give another")
    for fault in faults(replace(draft, name=name or "new")):
        raise UsageProblem(fault)
    wanted = tuple(dict.fromkeys([*registries, *filter(None, [where.registry])]))
    if every and wanted:
        raise UsageProblem(
            "--all takes every registry of the document: leave out the one that is named, or --all"
        )
    if typed and (every or len(wanted) > 1):
        raise UsageProblem(
            "--name, --range, --documented and --in-use are said of one registry; name it with --registry"
        )
    path = editable(program, "watch")
    there = {one.registry_id: one.name for one in watched.watches(settings) if one.document == where.document}
    found = candidates(_registries(program, where), there)
    chosen = _chosen(program, found, shown_location(what.partition("#")[0]), wanted, every=every)
    new = [one for one in chosen if one.watched_as is None]
    for one in chosen:
        if one.watched_as:
            _require_plain(one.watched_as, typed=typed)
            program.say(f"{one.registry}: watched already, as {one.watched_as}")
    for one in new:
        # Only where it was switched off is it none of those that are there.
        if shipped := _shipped(where.document, one.registry):
            _require_plain(shipped, typed=typed)
            _add_shipped(program, shipped)
    new = [one for one in new if not _shipped(where.document, one.registry)]
    alone = sum(one.unfit is None for one in found) == 1
    _add(program, path, draft, new, alone=alone)


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


def _registries(program: Program, where: Place) -> Iterator[RegistrySnapshot]:
    """The document's registries, as they are served now."""
    from sync.parse_registry.document import parse_document
    from sync.watched import WIDEST

    shown = shown_location(where.document)
    try:
        document = parse_document(read_location(program, where.document), location=shown)
    except FetchFailed as e:
        if where.short_name is None or e.status != HTTPStatus.NOT_FOUND:
            raise
        raise UsageProblem(_no_document(where.short_name)) from e
    except DocumentUnusable as e:
        raise UnusableInput(f"{shown}: {e.reason}") from e
    return document.registries(WIDEST)


def _no_document(name: str) -> str:
    stem, _, number = name.rpartition("-")
    if stem and number.isdecimal():
        hint = f"is it a registry of a document? Then: ianawatch watch add {stem}#{name}"
    else:
        hint = f"{IANA_LIST} lists them, and takes their addresses too"
    return f"{name}: IANA has no document of this name; {hint}"


def _chosen(
    program: Program, found: Sequence[Candidate], what: str, wanted: Sequence[str], *, every: bool
) -> list[Candidate]:
    """The registries that are meant. Raises UsageProblem, after a list to choose from, or UnusableInput."""
    fit = [one for one in found if one.unfit is None]
    if wanted:
        chosen = [_named(found, what, registry) for registry in wanted]
    elif len(found) == 1:
        chosen = list(found)
    elif not fit:
        _list(found)
        raise UnusableInput(f"{what}: {len(found) or 'no'} registries, and none of them can be watched")
    elif len(fit) > 1 and not every:
        _list(found)
        raise UsageProblem(
            f"{what}: {len(fit)} of its registries can be watched; name one "
            f"(ianawatch watch add {what} --registry {fit[0].registry}), or take them --all"
        )
    else:
        for one in found:
            if one.unfit:
                program.say_error(f"{one.registry} is left out: {one.unfit}", level="info")
        chosen = fit
    for one in chosen:
        if one.unfit:
            raise UnusableInput(f"the registry {one.registry} can't be watched as it is: {one.unfit}")
    return chosen


def _named(found: Sequence[Candidate], what: str, registry: str) -> Candidate:
    from sync.settings.values import near

    by_id = {one.registry: one for one in found}
    if registry in by_id:
        return by_id[registry]
    found_near = near(registry, by_id)
    there = f"did you mean {found_near}?" if found_near else f"it has {_first_of(by_id)}"
    raise UsageProblem(f"{what}: it has no registry {registry}; {there}")


def _first_of(ids: Collection[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join([*ids][:_NAMED]) + more


def _list(found: Sequence[Candidate]) -> None:
    """Show the registries to choose from."""
    from sync.show import terminal
    from sync.show.watch_list import CHOICES, Choice

    rows = [
        Choice(
            one.registry,
            one.title,
            one.records,
            one.unfit or (f"watched as {one.watched_as}" if one.watched_as else ""),
        )
        for one in found
    ]
    terminal.show_table(CHOICES, rows, closing="", nothing="")


def _shipped(document: str, registry: str) -> str | None:
    """The watch that ships and is on this very registry."""
    on = (
        name for name, watch in SHIPPED.items() if (watch.document, watch.registry_id) == (document, registry)
    )
    return next(on, None)


def _require_plain(name: str, *, typed: bool) -> None:
    """Raises UsageProblem where something was said of a watch that is there, or ships."""
    if typed:
        raise UsageProblem(
            f"{name}: what an existing watch is compared with is changed in the configuration file; "
            "see `ianawatch config show`"
        )


def _add_shipped(program: Program, name: str) -> None:
    from sync.settings.edit import with_close_codes

    if program.settings.close_codes:
        program.say(f"{name}: watched already")
        return
    path = editable(program, "close_codes")
    change(path, lambda text, origin: with_close_codes(text, origin, on=True))
    program.say(f"{name}: switched on in {path}", f"next: {_NEXT}")


def _add(
    program: Program, path: Path, draft: WatchSettings, new: Sequence[Candidate], *, alone: bool
) -> None:
    """Write a table for each, and say what comes next."""
    from sync import watched
    from sync.discover import name_for
    from sync.settings.edit import with_watches
    from sync.settings.model import WATCH
    from sync.show.render import counted

    if not new:
        return
    taken = set(watched.names(program.settings)) | set(SHIPPED)
    tables = []
    said = []
    for one in new:
        name = draft.name or name_for(draft.document, one.registry, alone=alone, taken=taken)
        taken.add(name)
        watch = replace(draft, name=name, registry=one.registry)
        tables.append({key: value for key in WATCH if (value := getattr(watch, key))})
        registrations = counted(one.registrations, "registration", "registrations")
        said.append(f"{name}: {one.title or one.registry}, {registrations}: added to {path}")
        if one.set_aside:
            records = counted(len(one.set_aside), "record", "records")
            said.append(f"{name}: {records} can't be used and will be set aside: {one.set_aside[0]}")
    change(path, lambda text, origin: with_watches(text, tables, origin))
    within = f" in {draft.range}" if draft.range else ""
    flagged = ", and what is not documented is flagged" if draft.documented else ""
    program.say(*said, f"next: {_NEXT}; each registration{within} after that is told{flagged}")
