"""As whom a service runs on this machine, what it has to reach, and where its units belong.

A user gets a service of the user's own. Root gets one of the system: as the owner of the database where one
is named, else as a user that systemd makes for it, with a database in `/var/lib`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sync.errors import UsageProblem
from sync.fetch.location import is_url
from sync.settings.model import CHANNEL, Settings
from sync.settings.read import default_config, default_database
from sync.setup.job import NAME, Job
from sync.setup.machine import homes
from sync.setup.systemd_units import FIRST_LINE, STATE, RunsAs, Service, service_unit, timer_unit

_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108  # asked about, not written to
_OF_THE_SYSTEM = Path("/etc/systemd/system")
STATE_DATABASE = Path(STATE) / f"{NAME}.db"


def service_here(job: Job, settings: Settings, *, root: bool) -> Service:
    """The service that does the job. `root`: whoever asks is root.

    Raises UsageProblem where it could not start, and WrongConfiguration for a database that can't be meant.
    """
    if not root:
        return _reaching(Service(job, RunsAs.USER), settings, _file_of(job, settings) or default_database())
    if job.config is None and default_config().is_file():
        job = replace(job, config=default_config())
    named = _file_of(job, settings)
    owned = named if named and named.parent != STATE_DATABASE.parent else None
    for folder in (*([owned.parent] if owned else []), *_published(settings)):
        if not folder.is_dir():
            raise UsageProblem(f"{folder}: there is no such folder for the service to write to; make it")
    if owned:
        owner = _owner(owned if owned.exists() else owned.parent)
        return _reaching(Service(job, RunsAs.OWNER, owner), settings, owned)
    for path in _of_the_program(job):
        if _is_in(path, homes()):
            raise UsageProblem(
                f"{path}: the service's own user can't get into a home; install {NAME} for everybody "
                f"(pipx install --global {NAME}), or name a database with --database, to run as its owner"
            )
    if not (job.database or settings.database):
        job = replace(job, database=STATE_DATABASE)
    return _reaching(Service(job, RunsAs.DYNAMIC), settings, None)


def units(service: Service) -> dict[Path, str]:
    """The text of each unit, by where it belongs."""
    folder = _OF_THE_SYSTEM
    if service.runs_as is RunsAs.USER:
        from platformdirs import user_config_path  # noqa: PLC0415  # only where it is asked for

        folder = user_config_path("systemd") / "user"
    return {folder / f"{NAME}.service": service_unit(service), folder / f"{NAME}.timer": timer_unit()}


def refuse_foreign(path: Path) -> None:
    """Refuse to write over a unit that is there and that somebody else wrote. Raises UsageProblem."""
    try:
        if path.is_file() and not path.read_bytes().startswith(FIRST_LINE.encode()):
            raise UsageProblem(f"{path}: this unit was written by somebody else; move it away first")
    except OSError as e:
        raise UsageProblem(f"{path}: it can't be read: {e.strerror}; check the rights on it") from e


def _reaching(service: Service, settings: Settings, database: Path | None) -> Service:
    """The service, with what the paths that it needs mean for its hardening."""
    published = _published(settings)
    writes = dict.fromkeys([*([database.parent] if database else []), *published])
    needed = [*writes, *_of_the_program(service.job), *_read_by(settings)]
    return replace(
        service,
        writes=tuple(writes),
        homes=any(_is_in(path, homes()) for path in needed),
        temporary=any(_is_in(path, _TEMPORARY) for path in needed),
        publishes=bool(published),
    )


def _file_of(job: Job, settings: Settings) -> Path | None:
    """The database's file; None where it is not named, or on a server."""
    named = job.database or settings.database
    if named is None:
        return None
    # SQLAlchemy, which only reads a URL here, takes its time.
    from db.locations import location  # noqa: PLC0415

    found = location(str(named))
    return found.absolute() if isinstance(found, Path) else None


def _published(settings: Settings) -> list[Path]:
    named = [Path(name).expanduser() for name in (settings.atom, settings.html) if name]
    return [path.parent for path in named if path.is_absolute()]


def _of_the_program(job: Job) -> list[Path]:
    return [Path(job.program[0]), Path(job.program[0]).resolve(), Path(sys.prefix), Path(sys.base_prefix)]


def _read_by(settings: Settings) -> Iterator[Path]:
    """The files that the settings name and that a run reads or executes."""
    named = [settings.source, settings.ping_file, *settings.documented, *settings.in_use]
    for channel in settings.channels.values():
        named += [getattr(channel, key) for key in CHANNEL if key.endswith("_file")]
        named += channel.exec[:1]
    for name in named:
        if name and not is_url(name):
            path = Path(name).expanduser()
            if path.is_absolute():
                yield path


def _is_in(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)
