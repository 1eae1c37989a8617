"""A program that knows a registry, a run that meets a fault, and the good run after it.

    knowing = Knowing(tmp_path, web.location)
    web.script = served(BEFORE)
    knowing.begins()
    web.script = answered("503 Service Unavailable")
    knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: answered 503 Service Unavailable")
    web.script = served(AFTER)
    knowing.heals()

Each run is an hour after the one before, unless `days` pass. What no fault may change is what is `known`.
`Web` serves documents and faults at one and the same URL.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from builders import document, row
from databases import migrated
from loopback import RawServer, read_head
from program import Program

from sync.errors import Exit

if TYPE_CHECKING:
    from synced import Answer

NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FORBIDDEN = row("3003", "Forbidden", date="2023-02-22")
BEFORE = document([NORMAL, UNAUTHORIZED, row("3001-3999", "Unassigned")], updated="2026-01-01")
AFTER = document([NORMAL, UNAUTHORIZED, FORBIDDEN], updated="2026-01-02")
"""The same, and a registration that is news."""
NEWS = "close-codes: newly registered: 3003 Forbidden, registered 2023-02-22; not documented in bundled\n"
MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"
FIRST = datetime.fromisoformat("2026-01-02T00:00:00+00:00")

Script = Callable[[socket.socket], None]
"""What a server does with a connection."""

_KNOWN = {
    "watch": "SELECT name, sha256 FROM watch JOIN snapshot ON snapshot.id = watch.snapshot_id",
    "document": """
        SELECT url, sha256, mark, older_since FROM document JOIN snapshot ON snapshot.id = snapshot_id""",
    "applied": "SELECT sha256, updated, body, size FROM snapshot WHERE applied",
    "validators": "SELECT url, last_modified, etag, sha256 FROM resource",
    "record": "SELECT * FROM record",
    "registration": "SELECT * FROM registration",
    "change": "SELECT * FROM change",
    "flag": "SELECT * FROM flag",
    "documented": "SELECT * FROM documented_source",
    "values": "SELECT * FROM documented_value",
    "news": "SELECT * FROM alert WHERE audience = 'readers'",
}


class Knowing:
    """The program after a first good sync."""

    def __init__(self, folder: Path, location: str, env: Mapping[str, str] | None = None) -> None:
        self.program = Program(folder)
        self.location = location
        self._env = {"IANAWATCH_DEADLINE": "10", **(env or {})}
        self._now = FIRST

    def copied(self, folder: Path) -> Knowing:
        """The same in another folder, for a test that must not change this one."""
        copy = Knowing(folder, self.location, self._env)
        copy.program.database.write_bytes(self.program.database.read_bytes())
        copy._now = self._now
        return copy

    def days(self, number: float) -> None:
        """Let so many days pass; the clock goes back when they are fewer than none."""
        self._now += timedelta(days=number)

    def sync(self, *args: str, env: Mapping[str, str] | None = None) -> Answer:
        """`ianawatch sync` of the source, in this process."""
        return self.program.here(
            "sync", *self._source(*args), at=self._at(), env={**self._env, **(env or {})}
        )

    def process(self, *args: str, env: Mapping[str, str] | None = None) -> Answer:
        """The same in a process of its own."""
        return self.program.run("sync", *self._source(*args), at=self._at(), env={**self._env, **(env or {})})

    def begins(self) -> None:
        """The first sync, of BEFORE."""
        migrated(self.program.folder)
        answer = self.sync()
        assert (answer.exit_code, answer.err) == (Exit.DONE, "")

    def meets(self, exit_code: Exit, says: str, *, env: Mapping[str, str] | None = None) -> None:
        """A run that meets a fault: how it ends, its one line on stderr, and that nothing is forgotten.

        `says` is a regular expression for that line but for the program's name.
        """
        known = self.known()
        answer = self.sync(env=env)
        lines = answer.err.splitlines()
        assert (answer.exit_code, len(lines)) == (exit_code, 1 if says else 0), answer
        assert re.fullmatch(f"ianawatch: {says}" if says else "", "".join(lines)), answer.err
        assert answer.err.replace("\n", "").isprintable()
        assert len(answer.out.splitlines()) == 1
        assert self.known() == known

    def heals(self) -> None:
        """The next run, of AFTER, prints its news, and it alone."""
        answer = self.sync("--quiet")
        assert (answer.exit_code, answer.out, answer.err) == (Exit.DONE, NEWS, "")
        assert self.codes() == [(1000, None), (3000, None), (3003, None)]
        assert self.program.ask("SELECT older_since, quarantined_since FROM document") == [(None, None)]

    def is_well(self) -> None:
        """The run after that finds nothing new, and `status` nothing wrong."""
        answer = self.sync("--quiet")
        assert (answer.exit_code, answer.out, answer.err) == (Exit.DONE, "", "")
        assert self.program.here("status", at=self._at()).exit_code == Exit.DONE

    def codes(self) -> list[tuple[object, ...]]:
        """Every registration, and since when it is withdrawn."""
        return self.program.ask("SELECT first, withdrawn_at FROM registration ORDER BY first")

    def known(self) -> dict[str, list[tuple[object, ...]]]:
        """What is known of the registry, and what readers were told."""
        return {name: sorted(self.program.ask(query), key=repr) for name, query in _KNOWN.items()}

    def _source(self, *args: str) -> list[str]:
        return ["--source", self.location, "--documented", "bundled", *args]

    def _at(self) -> str:
        self._now += timedelta(hours=1)
        return self._now.isoformat()


class Web:
    """A server with one URL; what it does next is `script`."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.heads: list[str] = []
        """Of each request."""
        self._server = RawServer(self._converse)

    @property
    def location(self) -> str:
        """Where the document is."""
        return self._server.url("/registry.xml")

    def __enter__(self) -> Self:
        """Begins to listen."""
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops."""
        self._server.__exit__()

    def _converse(self, connection: socket.socket) -> None:
        self.heads.append(read_head(connection).decode("latin-1"))
        self.script(connection)


def answering(*parts: bytes) -> Script:
    """A script that sends these bytes and closes the connection."""

    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return script


def answered(status: str, body: bytes = b"", **headers: str) -> Script:
    """A script that sends a whole answer; a header's name has underscores for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"Content-Length": str(len(body)), "Connection": "close", **given}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return answering("\r\n".join(lines).encode("latin-1") + body)


def served(body: bytes, modified: str | None = MODIFIED) -> Script:
    """A script that serves a document as IANA's server does."""
    validator = {"Last_Modified": modified} if modified else {}
    return answered("200 OK", body, Content_Type="text/xml", **validator)
