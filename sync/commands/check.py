"""`ianawatch check`: pages against the registry, without a database; for a hook or a workflow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sync.codes import read_code, read_range
from sync.commands.locations import read_location
from sync.errors import (
    DocumentUnusable,
    Exit,
    FetchFailed,
    RegistryUnusable,
    TableMissing,
    TableUnusable,
    UnusableInput,
)
from sync.escape import json_text, shown
from sync.fetch.location import page_name
from sync.fetch.location import shown as shown_location
from sync.intervals import spelled
from sync.program import Program
from sync.watches import BUNDLED

if TYPE_CHECKING:
    from sync.check import CheckedPage, Finding
    from sync.records import DocumentedTable, RegistrySnapshot


@click.command()
@click.argument("pages", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--source", metavar="URL|FILE", help="The registry's document; by default the one that ships.")
@click.option(
    "--range", "range_", metavar="FIRST-LAST", help="Look at this range instead of the watched one."
)
@click.option(
    "--ignore", multiple=True, metavar="CODE", help="A code that is fine as it is; may be repeated."
)
@click.option(
    "--in-use",
    is_flag=True,
    help="The files list the codes you use: find those that are registered by other names.",
)
@click.option(
    "--allow-none",
    is_flag=True,
    help="Pass over a page without a table even if it is the only one: for a hook, which names what changed.",
)
@click.option(
    "--format", "output", type=click.Choice(["text", "json", "github"]), default="text", show_default=True
)
@click.pass_obj
def command(
    program: Program,
    *,
    pages: tuple[str, ...],
    source: str | None,
    range_: str | None,
    ignore: tuple[str, ...],
    in_use: bool,
    allow_none: bool,
    output: str,
) -> int:
    """Check pages that document the codes: which registered ones do they lack, and which do they list that
    nobody has registered? Or check lists of the codes you use: does one belong to somebody else?

    Needs no database, and no network unless a URL is named. A page without a table of codes is passed over,
    unless it is the only one.

    Exit codes: 0 nothing is missing or in conflict, 1 something is, 65 a page can't be used, 75 one can't be
    read.
    """  # noqa: D205  # click shows the text as it stands
    from sync.check import check_list, check_page

    watch = program.watch
    watched = read_range("--range", range_, watch.bounds) if range_ else watch.watched or watch.bounds
    fine = [(code, code) for code in (read_code(text, watch.bounds) for text in ignore)]
    registry, updated = _registry(program, source)
    check = check_list if in_use else check_page
    alone = len(pages) == 1 and not allow_none
    checked: list[CheckedPage] = []
    failed = Exit.DONE
    for page in pages:
        try:
            table = _table(program, page, alone=alone)
        except (FetchFailed, TableUnusable) as e:
            if alone:
                raise
            program.say_error(str(e))
            failed = failed or e.exit_code
            continue
        if table is not None:
            checked.append(check(shown_location(page), table, registry, watched, fine))
    against = f"registry as of {updated}, {spelled(*watched)}"
    _print(checked, output, _summary(checked, against, in_use=in_use))
    if failed:
        return failed
    return Exit.MISSING if any(page.missing or page.conflicts for page in checked) else Exit.DONE


def _registry(program: Program, source: str | None) -> tuple[RegistrySnapshot, str]:
    """The registry to check against, and its date."""
    from sync.parse_registry.document import parse_document
    from sync.sources import read_bundled

    watch = program.watch
    if source is None and watch.bundle is not None:
        body, location = read_bundled(watch.bundle.document), watch.bundle.document
    else:
        location = source or watch.document
        body = read_location(program, location)
    where = shown_location(location)
    try:
        document = parse_document(body, location=where)
        registry = document.registry(watch.registry_id, watch.bounds)
    except (DocumentUnusable, RegistryUnusable) as e:
        raise UnusableInput(f"{where}: {e.reason}; name another with --source") from e
    for aside in registry.set_aside:
        program.say_error(f"{where}: a record is left out, {aside.reason}: {aside.text}")
    return registry, document.updated or "an unknown day"


def _table(program: Program, page: str, *, alone: bool) -> DocumentedTable | None:
    """The table on a page; None for a page without one, unless it was named `alone`."""
    from sync.parse_documented.table import mentions_values, parse_documented
    from sync.sources import read_bundled

    watch = program.watch
    location = watch.source(page).location
    if location == BUNDLED and watch.bundle is not None:
        body, name = read_bundled(watch.bundle.documented), watch.bundle.documented
    else:
        body, name = read_location(program, location), page_name(location)
    watched = watch.watched or watch.bounds
    if not alone and not mentions_values(body, name=name, watched=watched):
        return None
    try:
        return parse_documented(body, name=name, bounds=watch.bounds, watched=watched)
    except TableMissing:
        if alone:
            raise
        return None


def _summary(checked: list[CheckedPage], against: str, *, in_use: bool) -> str:
    from sync.show.render import counted

    if in_use:
        found = counted(sum(len(page.conflicts) for page in checked), "conflict", "conflicts")
        return f"{counted(len(checked), 'list', 'lists')} checked, {found} ({against})"
    found = counted(sum(len(page.missing) for page in checked), "code", "codes")
    return f"{counted(len(checked), 'table', 'tables')} checked, {found} missing ({against})"


def _print(checked: list[CheckedPage], output: str, summary: str) -> None:
    match output:
        case "json":
            facts = {"files": [_facts(page) for page in checked]}
            click.echo(json_text(json.dumps(facts, ensure_ascii=False, indent=2)))
        case "github":
            for page in checked:
                for line in _annotations(page):
                    click.echo(line)
        case _:
            for page in checked:
                for line in _lines(page):
                    click.echo(shown(line))
            click.echo(summary)


def _facts(page: CheckedPage) -> dict[str, object]:
    def row(finding: Finding) -> dict[str, object]:
        code = int(finding.code) if finding.code.isdigit() else finding.code
        return {**asdict(finding), "code": code}

    return {
        "file": page.file,
        "missing": [*map(row, page.missing)],
        "unregistered": [*map(row, page.unregistered)],
        "conflicts": [*map(row, page.conflicts)],
        "ignored": [*map(row, page.ignored)],
    }


def _lines(page: CheckedPage) -> Iterator[str]:
    for finding in page.missing:
        yield f"{_where(page, finding)}: {_missing(finding)}"
    for finding in page.unregistered:
        yield f"{_where(page, finding)}: {_unregistered(finding)}"
    for finding in page.conflicts:
        yield f"{_where(page, finding)}: {_conflict(finding)}"
    for finding in page.ignored:
        yield f"{_where(page, finding)}: {finding.code} {finding.name} is ignored"


def _annotations(page: CheckedPage) -> Iterator[str]:
    """Workflow commands, as GitHub Actions reads them from a step's output."""
    for level, findings, words in (
        ("error", page.missing, _missing),
        ("error", page.conflicts, _conflict),
        ("warning", page.unregistered, _unregistered),
    ):
        for finding in findings:
            line = f",line={finding.line}" if finding.line else ""
            yield f"::{level} file={_property(page.file)}{line}::{_data(words(finding))}"


def _where(page: CheckedPage, finding: Finding) -> str:
    return f"{page.file}:{finding.line}" if finding.line else page.file


def _missing(finding: Finding) -> str:
    block = f"; only a row for the block {finding.block} covers it" if finding.block else ""
    return f"{finding.code} {finding.name} is registered and not documented{block}"


def _unregistered(finding: Finding) -> str:
    return f"{finding.code} {finding.name} is documented and not registered"


def _conflict(finding: Finding) -> str:
    used_as = f' as "{finding.used_as}"' if finding.used_as else ""
    return f"{finding.code} is registered as {finding.name}, and in use{used_as}; choose another code"


def _data(text: str) -> str:
    return shown(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
