"""A job -> the texts of a service and of its timer. Pure: `systemd_service` knows the machine.

Hardening is chosen so that the service always starts. A service of a user's own has none that needs a
namespace: some distributions keep those from users, and the service would fail before its first line.
`MemoryDenyWriteExecute` is in neither, since a library that Python loads may make code at run time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sync.setup.job import NAME, Job

FIRST_LINE = f"# Written by `{NAME} setup systemd`; `systemctl edit` adds to it without changing it."
STATE = f"/var/lib/{NAME}"
"""Where systemd keeps the database of a service that has a user of its own."""


class RunsAs(Enum):
    """Whose service it is."""

    USER = "the user's own manager"
    OWNER = "the system's manager, as the user who owns the database"
    DYNAMIC = "the system's manager, as a user that systemd makes for it"


@dataclass(frozen=True, slots=True)
class Service:
    """What the units depend on."""

    job: Job
    runs_as: RunsAs
    owner: str = ""
    """For OWNER: the user's name."""
    writes: tuple[Path, ...] = ()
    """Folders that it writes to; systemd starts nothing where one of them is missing."""
    homes: bool = False
    """Whether it reads or writes something in a home folder."""
    temporary: bool = False
    """Whether it reads or writes something in a folder for temporary files."""
    publishes: bool = False
    """Whether it writes files that others are to read."""


def service_unit(service: Service) -> str:
    """The text of `ianawatch.service`."""
    return "\n".join(
        [
            FIRST_LINE,
            *_section("Unit", _unit(service)),
            *_section("Service", _service(service)),
            "",
        ]
    )


def timer_unit() -> str:
    """The text of `ianawatch.timer`."""
    lines = (
        "OnCalendar=hourly",
        "# Each machine at a time of its own, and always the same.",
        "RandomizedDelaySec=55min",
        "FixedRandomDelay=yes",
        "AccuracySec=1min",
        "# A run that was missed while the machine was off is made up for.",
        "Persistent=yes",
    )
    return "\n".join(
        [
            FIRST_LINE,
            *_section("Unit", ["Description=Hourly sync of IANA's registry"]),
            *_section("Timer", lines),
            *_section("Install", ["WantedBy=timers.target"]),
            "",
        ]
    )


def _section(name: str, lines: Iterable[str]) -> list[str]:
    return ["", f"[{name}]", *lines]


def _unit(service: Service) -> Iterator[str]:
    yield "Description=Sync IANA's registry and say what is new"
    if service.runs_as is not RunsAs.USER:
        yield "Wants=network-online.target"
        yield "After=network-online.target"


def _service(service: Service) -> Iterator[str]:
    yield "Type=oneshot"
    yield f"ExecStart={' '.join([*_program(service.job), *_options(service), 'sync', '--quiet'])}"
    yield "# 75: the source can't be reached for now. The sync itself tells when that goes on."
    yield "SuccessExitStatus=75"
    yield "TimeoutStartSec=30min"
    yield from _identity(service)
    yield ""
    yield "# A channel's secret: a file that only root can read, and the variable that names it."
    yield f"#LoadCredential=mail:/etc/{NAME}/mail"
    yield "#Environment=IANAWATCH_CHANNELS__MAIL__URL_FILE=%d/mail"
    yield ""
    yield "# The command of an `exec` channel runs in here as well: nothing setuid, such as sudo or sendmail."
    yield from _WITHOUT_NAMESPACES
    # What is published is for everybody; the database has its rights from the program.
    yield f"UMask={'0022' if service.publishes else '0077'}"
    if service.runs_as is RunsAs.USER:
        yield ""
        yield "# Where users may make namespaces, these are good too."
        yield from (f"#{line}" for line in ("PrivateUsers=yes", *_file_system(service)))
    else:
        yield from _file_system(service)
        yield from _OF_THE_SYSTEM


def _program(job: Job) -> Iterator[str]:
    # The command itself is the one word in which a dollar sign is one.
    yield _word(job.program[0])
    yield from map(_argument, job.program[1:])


def _options(service: Service) -> Iterator[str]:
    job = service.job
    if job.config:
        if service.runs_as is RunsAs.USER:
            yield f"--config {_argument(str(job.config))}"
        else:
            yield "--config ${CREDENTIALS_DIRECTORY}/config.toml"
    if job.database:
        yield f"--database {_argument(str(job.database))}"


def _identity(service: Service) -> Iterator[str]:
    if service.runs_as is RunsAs.USER:
        return
    yield ""
    if service.runs_as is RunsAs.DYNAMIC:
        yield "DynamicUser=yes"
        yield f"StateDirectory={NAME}"
        yield "StateDirectoryMode=0750"
    else:
        yield f"User={service.owner}"
    if service.job.config:
        yield "# systemd reads the configuration, so that its rights may stay as they are."
        # Here systemd knows no quotes.
        yield f"LoadCredential=config.toml:{_plain(str(service.job.config))}"


def _file_system(service: Service) -> Iterator[str]:
    yield "ProtectSystem=strict"
    yield f"ProtectHome={'read-only' if service.homes else 'yes'}"
    if not service.temporary:
        yield "PrivateTmp=yes"
    if service.writes:
        yield f"ReadWritePaths={' '.join(_folder(str(folder)) for folder in service.writes)}"
    yield "PrivateDevices=yes"


_WITHOUT_NAMESPACES = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
)
_OF_THE_SYSTEM = (
    "CapabilityBoundingSet=",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "RemoveIPC=yes",
)


def _plain(text: str) -> str:
    """What is no specifier of systemd's."""
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """A word of a command."""
    escaped = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"[\s;'\"\\]", text) else escaped


def _argument(text: str) -> str:
    """A word of a command that follows the first: no variable of the environment."""
    return _word(text).replace("$", "$$")


def _folder(text: str) -> str:
    """A word of a list of paths, in which a backslash is one."""
    quote = "'" if '"' in text else '"'
    return f"{quote}{_plain(text)}{quote}" if re.search(r"[\s'\"]", text) else _plain(text)
