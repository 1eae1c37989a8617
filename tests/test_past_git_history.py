"""Past versions in a git repository, and a repository that is a stranger's: nothing of it is ever run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.errors import UsageProblem
from sync.past.git_history import is_repository, read_repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

URL = "https://www.iana.org/assignments/websocket/websocket.xml"
PATH = "assignments/websocket/websocket.xml"
START = datetime(2021, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Mirror:
    """A repository whose commits are days apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str, day: float = 0) -> str:
        """Run git in it, with nobody's settings."""
        when = f"{(START + day * DAY).timestamp():.0f} +0000"
        names = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "A Mirror"), ("EMAIL", "mirror@example.org"), ("DATE", when))
        }
        environment = {
            **os.environ,
            **names,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
        }
        return subprocess.run(
            ["git", *args], cwd=self.folder, env=environment, check=True, capture_output=True, text=True
        ).stdout

    def write_commit(self, text: str) -> str:
        """The id of a commit object of exactly this text, which git itself might not make."""
        return subprocess.run(
            ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
            cwd=self.folder,
            input=text,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()

    def commit(self, day: float, files: dict[str, bytes | None]) -> None:
        """Write or delete files."""
        for name, body in files.items():
            path = self.folder / name
            if body is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"day {day}", day=day)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """An empty one."""
    return Mirror(tmp_path / "mirror")


def history(folder: Path, path: str | None = None) -> list[tuple[float, bytes]]:
    """The day and the body of each version."""
    return [((seen.at - START) / DAY, seen.body) for seen in read_repository(folder, path, URL)]


# -- the versions -------------------------------------------------------------------------------------


def test_each_commit_that_changed_the_file_is_a_version(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {"other": b"something else"})
    mirror.commit(3, {PATH: b"B"})
    mirror.commit(4, {PATH: b"A"})
    assert history(mirror.folder) == [(1, b"A"), (3, b"B"), (4, b"A")]


def test_a_body_may_have_any_bytes_and_any_length(mirror: Mirror) -> None:
    large = os.urandom(3_000_000)
    bodies = [b"", b"\n", b"\x00\xff\r\n", large, large[::-1], b"last"]
    for day, body in enumerate(bodies):
        mirror.commit(day, {PATH: body})
    assert history(mirror.folder) == list(enumerate(bodies))


def test_a_deleted_file_is_no_version_and_may_come_back(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: None})
    mirror.commit(3, {PATH: b"A"})
    assert history(mirror.folder) == [(1, b"A"), (3, b"A")]


def test_a_file_that_is_gone_has_its_history_when_it_is_named(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: None, "README": b""})
    with pytest.raises(UsageProblem, match=r"no websocket\.xml in the newest commit; name the file"):
        history(mirror.folder)
    assert history(mirror.folder, PATH) == [(1, b"A")]


def test_a_link_and_a_folder_in_the_file_s_place_are_no_versions(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: None})
    (mirror.folder / PATH).symlink_to("elsewhere.xml")
    mirror.commit(3, {})
    mirror.commit(4, {PATH: None})
    mirror.commit(5, {f"{PATH}/inside": b"no version"})
    mirror.commit(6, {f"{PATH}/inside": None})
    (mirror.folder / PATH).rmdir()
    mirror.commit(7, {PATH: b"B"})
    assert history(mirror.folder) == [(1, b"A"), (7, b"B")]


def test_a_file_that_can_be_executed_is_a_version_all_the_same(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    (mirror.folder / PATH).chmod(0o755)
    mirror.commit(2, {})
    assert history(mirror.folder) == [(1, b"A"), (2, b"A")]


def test_versions_come_by_the_time_of_their_commits_whoever_is_whose_parent(mirror: Mirror) -> None:
    mirror.commit(5, {PATH: b"A"})
    mirror.commit(2, {PATH: b"B"})
    mirror.commit(9, {PATH: b"C"})
    assert history(mirror.folder) == [(2, b"B"), (5, b"A"), (9, b"C")]


def test_of_one_time_the_parent_comes_first(mirror: Mirror) -> None:
    for body in (b"C", b"A", b"D", b"B"):
        mirror.commit(1, {PATH: body})
    assert [body for _, body in history(mirror.folder)] == [b"C", b"A", b"D", b"B"]


def test_of_one_time_the_parent_comes_first_on_each_side_of_a_merge(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"root"})
    mirror.git("checkout", "-q", "-b", "side")
    mirror.commit(1, {PATH: b"side"})
    mirror.git("checkout", "-q", "main")
    for body in (b"1", b"2", b"3"):
        mirror.commit(1, {PATH: body})
    mirror.git("merge", "-q", "--strategy=ours", "--no-commit", "side")
    mirror.commit(1, {PATH: b"both"})
    bodies = [body for _, body in history(mirror.folder)]
    assert (bodies[0], bodies[-1]) == (b"root", b"both")
    assert [body for body in bodies if body.isdigit()] == [b"1", b"2", b"3"]


def test_both_sides_of_a_merge_and_what_was_made_of_them(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A", "other": b"1"})
    mirror.git("checkout", "-q", "-b", "side")
    mirror.commit(3, {PATH: b"S"})
    mirror.git("checkout", "-q", "main")
    mirror.commit(4, {PATH: b"M"})
    mirror.git("merge", "-q", "--strategy=ours", "--no-commit", "side")
    mirror.commit(5, {PATH: b"both"})
    assert history(mirror.folder) == [(1, b"A"), (3, b"S"), (4, b"M"), (5, b"both")]


def test_a_merge_that_took_one_side_adds_nothing_new(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.git("checkout", "-q", "-b", "side")
    mirror.commit(2, {PATH: b"S"})
    mirror.git("checkout", "-q", "main")
    mirror.commit(3, {"other": b"1"})
    mirror.git("merge", "-q", "--no-ff", "side", day=4)
    assert [body for _, body in history(mirror.folder)] in ([b"A", b"S"], [b"A", b"S", b"S"])


def test_other_branches_are_left_alone(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.git("checkout", "-q", "-b", "side")
    mirror.commit(2, {PATH: b"S"})
    mirror.git("checkout", "-q", "main")
    assert history(mirror.folder) == [(1, b"A")]


def test_a_bare_repository_a_worktree_and_a_clone_read_alike(mirror: Mirror, tmp_path: Path) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: b"B"})
    mirror.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    mirror.git("clone", "-q", "--mirror", ".", str(tmp_path / "mirror.git"))
    mirror.git("clone", "-q", "--shared", ".", str(tmp_path / "alternates"))
    mirror.git("worktree", "add", "-q", "--detach", str(tmp_path / "worktree"))
    for name in ("bare", "mirror.git", "alternates", "worktree"):
        assert is_repository(tmp_path / name)
        assert history(tmp_path / name) == [(1, b"A"), (2, b"B")]


def test_a_repository_of_long_ids(tmp_path: Path) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", "--object-format=sha256"], cwd=folder, check=True)
    mirror = Mirror(folder)
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: None, "other": b""})
    mirror.commit(3, {PATH: b"B"})
    assert history(folder) == [(1, b"A"), (3, b"B")]


# -- the path -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "websocket.xml",
        "xml/websocket.xml",
        "websocket/websocket.xml",
        PATH,
        "a mirror/of/assignments/x/websocket.xml",
    ],
)
def test_the_file_is_the_one_that_ends_like_the_url(mirror: Mirror, path: str) -> None:
    mirror.commit(1, {path: b"A", "http-parameters/http-parameters.xml": b"X", "not-websocket.xml": b"X"})
    assert history(mirror.folder) == [(1, b"A")]


def test_of_several_the_one_with_the_most_parts_alike_is_meant(mirror: Mirror) -> None:
    mirror.commit(1, {"websocket.xml": b"1", "old/websocket.xml": b"2", "new/websocket/websocket.xml": b"3"})
    assert history(mirror.folder) == [(1, b"3")]
    assert history(mirror.folder, "old/websocket.xml") == [(1, b"2")]


@pytest.mark.parametrize(
    ("paths", "named"),
    [
        (["a/websocket.xml", "b/websocket.xml"], r"\(a/websocket\.xml, b/websocket\.xml\)"),
        (["a/websocket/websocket.xml", "b/websocket/websocket.xml", "websocket.xml"], r"\(a/.*, b/[^,]*\)"),
        ([f"{name}/websocket.xml" for name in "abcdefg"], r"\(a/.*e/websocket\.xml, \.\.\.\)"),
    ],
)
def test_several_that_may_be_meant_are_named(mirror: Mirror, paths: Sequence[str], named: str) -> None:
    mirror.commit(1, dict.fromkeys(paths, b"A"))
    with pytest.raises(UsageProblem, match=f"several files may be meant {named}; choose one with --path"):
        history(mirror.folder)


@pytest.mark.parametrize(
    "path", ["nowhere.xml", "assignments", "assignments/websocket", "*.xml", ":/", "../x", "a\nb"]
)
def test_a_path_that_is_no_file_of_the_history(mirror: Mirror, path: str) -> None:
    mirror.commit(1, {PATH: b"A"})
    with pytest.raises(UsageProblem, match=r"the history has no file|git can't read it"):
        history(mirror.folder, path)


def test_a_path_is_taken_as_it_is_spelled(mirror: Mirror) -> None:
    name = ':Ünï/a [b] *?/--all "q"/websocket.xml'
    mirror.commit(1, {name: b"A", "Ünï/a b x/websocket.xml": b"B"})
    assert history(mirror.folder, name) == [(1, b"A")]


# -- what can't be read -------------------------------------------------------------------------------


def test_a_folder_that_is_none_is_none(tmp_path: Path) -> None:
    assert not is_repository(tmp_path)
    (tmp_path / "HEAD").write_text("no repository", "utf-8")
    assert not is_repository(tmp_path)


@pytest.mark.parametrize("broken", ["empty .git", "looks bare"])
def test_a_broken_one_is_refused_even_inside_another(mirror: Mirror, broken: str) -> None:
    mirror.commit(1, {PATH: b"A"})
    inside = mirror.folder / "inside"
    inside.mkdir()
    if broken == "looks bare":
        (inside / "HEAD").write_text("ref: refs/heads/main", "utf-8")
        (inside / "objects").mkdir()
    else:
        (inside / ".git").mkdir()
    assert is_repository(inside)
    with pytest.raises(UsageProblem, match=r"git can't read it: .*not a git repository"):
        history(inside)


def test_one_without_a_commit(mirror: Mirror) -> None:
    with pytest.raises(UsageProblem, match="git can't read it"):
        history(mirror.folder)


def test_a_body_that_is_not_there_is_no_deletion(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: b"B"})
    blob = mirror.git("rev-parse", f"HEAD~:{PATH}").strip()
    (mirror.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(UsageProblem, match=f"lacks the body {blob[:12]}, as a partial clone does"):
        history(mirror.folder)


def test_a_damaged_body_is_refused(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A" * 100_000})
    mirror.commit(2, {PATH: b"B"})
    blob = mirror.git("rev-parse", f"HEAD~:{PATH}").strip()
    stored = mirror.folder / ".git/objects" / blob[:2] / blob[2:]
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes()[:60])
    with pytest.raises(UsageProblem, match="lacks the body"):
        history(mirror.folder)


def test_without_git(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.commit(1, {PATH: b"A"})
    monkeypatch.setenv("PATH", str(mirror.folder))
    with pytest.raises(UsageProblem, match="git is needed to read a repository; install it"):
        history(mirror.folder)


@pytest.mark.parametrize(
    "answers",
    [
        "exit 1",
        "read blob; echo $blob blob 1; echo A; read blob; echo $blob blob 9999; echo cut short",
        "read blob; exec 0<&-; echo $blob blob 1; echo A",
    ],
)
def test_a_git_that_dies_in_the_middle(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: str
) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: b"B"})
    frail = tmp_path / "bin" / "git"
    frail.parent.mkdir()
    real = shutil.which("git")
    frail.write_text(f'#!/bin/sh\ncase "$*" in *cat-file*) {answers};; *) exec {real} "$@";; esac\n', "utf-8")
    frail.chmod(0o755)
    monkeypatch.setenv("PATH", str(frail.parent), prepend=os.pathsep)
    with pytest.raises(UsageProblem, match="the history lacks the body"):
        history(mirror.folder)


def test_a_reader_that_stops_early_leaves_no_process(mirror: Mirror) -> None:
    for day in range(3):
        mirror.commit(day, {PATH: os.urandom(2_000_000)})
    versions = read_repository(mirror.folder, None, URL)
    next(versions)
    assert children() != []
    versions.close()  # type: ignore[attr-defined]  # a generator, promised to be an iterator only
    assert children() == []


def children() -> list[str]:
    """The processes that this one started and that have not been waited for."""
    mine = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not mine.exists():
        pytest.skip("this system does not say which processes are whose")
    return mine.read_text("utf-8").split()


# -- a stranger's repository --------------------------------------------------------------------------


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a trace when somebody runs it."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'sprung'}'\ncat\nexit 1\n", "utf-8")
    program.chmod(0o755)
    return program


HOSTILE = [
    {"core.fsmonitor": "{}"},
    {"core.pager": "{}", "pager.log": "{}", "core.editor": "{}"},
    {"diff.external": "{}", "diff.x.textconv": "{}", "diff.x.command": "{}"},
    {"filter.x.smudge": "{}", "filter.x.clean": "{}", "filter.x.process": "{}"},
    {"log.showSignature": "true", "gpg.program": "{}", "gpg.ssh.program": "{}", "gpg.format": "openpgp"},
    {"core.alternateRefsCommand": "{}", "uploadpack.packObjectsHook": "{}", "core.gitProxy": "{}"},
    {"alias.log": "!{}", "alias.cat-file": "!{}", "alias.ls-tree": "!{}"},
    {"credential.helper": "!{}", "core.askPass": "{}", "core.sshCommand": "{}"},
]


@pytest.mark.parametrize("settings", HOSTILE, ids=lambda settings: next(iter(settings)))
def test_nothing_that_a_repository_names_is_run(
    mirror: Mirror, trap: Path, tmp_path: Path, settings: dict[str, str]
) -> None:
    mirror.commit(1, {PATH: b"A", ".gitattributes": b"*.xml diff=x filter=x\n"})
    mirror.commit(2, {PATH: b"B"})
    signed = mirror.git("cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n", 1
    )
    mirror.git("update-ref", "HEAD", mirror.write_commit(signed))
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        shutil.copy(trap, mirror.folder / ".git/hooks" / name)
    for key, value in settings.items():
        mirror.git("config", key, value.format(trap))
    assert history(mirror.folder) == [(1, b"A"), (2, b"B")]
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "remote", ["ssh://127.0.0.1/mirror", "ext::{trap} %S", "file://{mirror}", "{mirror}"]
)
def test_what_a_partial_clone_lacks_is_not_fetched(
    mirror: Mirror, trap: Path, tmp_path: Path, remote: str
) -> None:
    mirror.commit(1, {PATH: b"A"})
    mirror.commit(2, {PATH: b"B"})
    mirror.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    mirror.git("clone", "-q", "--filter=blob:none", f"file://{mirror.folder}", str(clone))
    for key, value in {
        "remote.origin.url": remote.format(trap=trap, mirror=mirror.folder),
        "remote.origin.uploadpack": str(trap),
        "core.sshCommand": str(trap),
        "protocol.ext.allow": "always",
        "protocol.file.allow": "always",
    }.items():
        subprocess.run(["git", "config", key, value], cwd=clone, check=True)
    with pytest.raises(UsageProblem, match="as a partial clone does; use a whole one"):
        history(clone)
    assert not (tmp_path / "sprung").exists()


def test_commits_that_settings_hide_are_found(mirror: Mirror) -> None:
    mirror.commit(0, {"websocket.xml": b"before it was moved"})
    mirror.commit(1, {"websocket.xml": None, PATH: b"before it was moved"})
    mirror.git("checkout", "-q", "-b", "side")
    mirror.commit(2, {PATH: b"S"})
    mirror.git("checkout", "-q", "main")
    mirror.commit(3, {PATH: b"M"})
    mirror.git("merge", "-q", "--strategy=ours", "--no-commit", "side")
    mirror.commit(4, {PATH: b"both"})
    mirror.git("replace", "HEAD", "HEAD~")
    hiding = {
        "log.showRoot": "false",
        "log.follow": "true",
        "log.diffMerges": "off",
        "log.date": "iso",
        "diff.renames": "copies",
        "color.ui": "always",
        "core.quotePath": "true",
        "core.abbrev": "5",
        "format.pretty": "fuller",
    }
    for key, value in hiding.items():
        mirror.git("config", key, value)
    assert history(mirror.folder) == [(1, b"before it was moved"), (2, b"S"), (3, b"M"), (4, b"both")]
    assert history(mirror.folder, "websocket.xml") == [(0, b"before it was moved")]


def test_the_surroundings_choose_no_other_repository(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Mirror(tmp_path / "other")
    other.commit(1, {PATH: b"other"})
    mirror.commit(1, {PATH: b"mine"})
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.folder / ".git/objects"))
    assert history(mirror.folder) == [(1, b"mine")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_repository_of_somebody_else_is_refused_with_git_s_own_advice(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.commit(1, {PATH: b"A"})
    for path in (mirror.folder, mirror.folder / ".git"):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UsageProblem, match=r"dubious ownership .* safe\.directory"):
        history(mirror.folder)


def test_a_commit_of_an_impossible_time_is_later_than_everything(mirror: Mirror) -> None:
    mirror.commit(1, {PATH: b"A"})
    commit = mirror.git("cat-file", "commit", "HEAD").replace(f"{(START + DAY).timestamp():.0f}", "9" * 15)
    mirror.git("update-ref", "HEAD", mirror.write_commit(commit))
    ((at, body),) = ((seen.at, seen.body) for seen in read_repository(mirror.folder, None, URL))
    assert (at.year, body) == (9999, b"A")
