"""Past versions of a document in a git repository that mirrors it, bare or not. Only its history is read.

`git log` finds the commits, one `git cat-file --batch` gives the bodies. Nothing of the repository is checked
out, fetched or run: it may be a stranger's. The time of a version is its commit's.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sync.errors import UsageProblem
from sync.past.folder import PastVersion

_QUIET = (
    "--literal-pathspecs",
    "--no-replace-objects",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
    "-c",
    "log.showRoot=true",
    "-c",
    "log.diffMerges=separate",
    "-c",
    "log.follow=false",
)
"""A repository's own settings may name programs to run, or hide commits: none of these is wanted."""
_ENVIRONMENT = {
    # What a partial clone lacks would be fetched, by a program that its configuration may name. Older
    # versions of git know only the second of these.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_COMMIT = re.compile(r"(?P<id>[0-9a-f]{40,64}) (?P<seconds>\d+)")
_RAW = re.compile(r":\d+ (?P<mode>\d+) [0-9a-f]+ (?P<blob>[0-9a-f]+) [A-Z]\d*")
_FILES = ("100644", "100755")
"""Modes of regular files; a link, a submodule or a deleted file is no version."""
_LATEST = int(datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp())
"""Seconds that can be a time; a commit may claim more."""


@dataclass(frozen=True, slots=True)
class _Commit:
    """A commit that changed the file, and what the file was after it."""

    seconds: int
    blob: str


def is_repository(folder: Path) -> bool:
    """Whether the folder is a git repository, bare or not."""
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


def read_repository(repository: Path, path: str | None, url: str) -> Iterator[PastVersion]:
    """The versions of one file in the history of HEAD, oldest first; of one time, parents first.

    `path` is the file's inside the repository; None: the one that ends as the document's `url` does. A file
    that was moved has a history under each of its paths. Raises UsageProblem when there is no such file, or
    more than one, and for a repository that can't be read.
    """
    path = path or _find(repository, url)
    commits = sorted(_commits(repository, path).values(), key=lambda commit: commit.seconds)
    if not commits:
        raise UsageProblem(
            f"{repository}: the history has no file {path!r}; give --path as seen from its root"
        )
    with closing(_bodies(repository, (commit.blob for commit in commits))) as bodies:
        for commit, body in zip(commits, bodies, strict=True):
            yield PastVersion(datetime.fromtimestamp(commit.seconds, UTC), body)


def _find(repository: Path, url: str) -> str:
    """The path in the newest commit that ends like the URL, with as many parts alike as can be."""
    wanted = url.rstrip("/").split("/")[3:]
    tree = os.fsdecode(_git(repository, "ls-tree", "-r", "-z", "--full-tree", "--name-only", "HEAD"))
    paths = [path.split("/") for path in tree.split("\0")]
    for length in range(len(wanted), 0, -1):
        alike = sorted("/".join(path) for path in paths if path[-length:] == wanted[-length:])
        if len(alike) == 1:
            return alike[0]
        if alike:
            names = ", ".join(alike[:5]) + (", ..." if len(alike) > 5 else "")  # noqa: PLR2004  # to see enough
            raise UsageProblem(f"{repository}: several files may be meant ({names}); choose one with --path")
    raise UsageProblem(
        f"{repository}: there is no {wanted[-1]} in the newest commit; name the file with --path"
    )


def _commits(repository: Path, path: str) -> dict[str, _Commit]:
    """The commits after which the file was another one, by their ids, parents first."""
    log = os.fsdecode(
        _git(
            repository,
            "log",
            "--date-order",
            "--reverse",
            "-m",
            "--raw",
            "-z",
            "--no-abbrev",
            "--format=%H %ct",
            "HEAD",
            "--",
            path,
        )
    )
    # Commits, and the raw lines and paths of what they changed; a merge comes once for each parent.
    found: dict[str, _Commit] = {}
    fields = iter(log.replace("\n", "\0").split("\0"))
    commit_id, seconds = "", 0
    for text in fields:
        if commit := _COMMIT.fullmatch(text):
            commit_id, seconds = commit["id"], min(int(commit["seconds"]), _LATEST)
        elif (raw := _RAW.fullmatch(text)) and next(fields) == path and raw["mode"] in _FILES:
            found[commit_id] = _Commit(seconds, raw["blob"])
    return found


def _bodies(repository: Path, blobs: Iterable[str]) -> Generator[bytes]:
    """The body of each blob, in order: one is asked for when the one before has been read."""
    with subprocess.Popen(  # noqa: S603  # git, with arguments from here and ids from git
        _command(repository, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(repository),
    ) as process:
        assert process.stdin is not None  # noqa: S101  # both are pipes
        assert process.stdout is not None  # noqa: S101
        for blob in blobs:
            try:
                # Past the buffer, which would be written again when the pipe is closed.
                os.write(process.stdin.fileno(), f"{blob}\n".encode())
                body = _answer(process.stdout)
            except BrokenPipeError:
                body = None
            if body is None:
                raise UsageProblem(
                    f"{repository}: the history lacks the body {blob[:12]}, as a partial clone does; "
                    "use a whole one"
                )
            yield body


def _answer(stream: IO[bytes]) -> bytes | None:
    """What `git cat-file --batch` says next; None when it has no such body, or has ended."""
    match stream.readline().split():
        case [_, _, size]:
            body = stream.read(int(size) + 1)
            return body[:-1] if len(body) == int(size) + 1 else None
        case _:
            return None


def _git(repository: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # git; what was typed is a path and can't be an option
            _command(repository, *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=_environment(repository),
        )
    except FileNotFoundError as e:
        raise UsageProblem("git is needed to read a repository; install it") from e
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise UsageProblem(f"{repository}: git can't read it: {said}; `git log` has to work there")
    return done.stdout


def _command(repository: Path, *arguments: str) -> list[str]:
    return ["git", *_QUIET, "-C", str(repository), *arguments]


def _environment(repository: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    # A folder that only looks like a repository must not lead to one around it.
    return {**kept, **_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(repository.resolve().parent)}
