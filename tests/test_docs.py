"""The docs are run: every command in a `console` block prints what the block says.

Each page is one session of one newcomer, ann, in an empty home, from its first line to its last. The source
is the bundled registry, so that the outputs are those of a first day; what differs from run to run and from
machine to machine (times, paths, a minute of the hour) is compared by its shape.
"""

from __future__ import annotations

import mailbox
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from crontabs import Crontab
from letters import letter
from post_office import Mailbox

from sync.cli import COMMANDS
from sync.errors import Exit, NotDelivered
from sync.settings.model import CHANNEL, PREFIX, SETTINGS, Rule
from sync.settings.read import read

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
MAIL_URL = "mailtos://ann:app-password@mail.example.org?to=ann@example.org"
"""What the pages write for one's own mail server: stands for the test's."""
CONFIG = "toml ~/.config/ianawatch/config.toml"
"""A block that the reader adds to the configuration file."""
SHAPES = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?( ?Z| UTC)?"), "TIME"),
    (re.compile(r"^\d+ (?=\* \* \* \* )", re.MULTILINE), "MINUTE "),
    (re.compile(r"the crontab of \S+"), "the crontab of USER"),
    (re.compile(r"\(\d+ KiB\)"), "(SIZE)"),
)
AS_A_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
"""Root gets other units from `setup systemd` than ann does."""


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    where: str
    language: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its lines as they would stand in a file."""
        return "".join(f"{line}\n" for line in self.lines)


def blocks(page: Path) -> Iterator[Block]:
    fence, begins, inside = None, 0, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if fence is None and line.startswith("```"):
            fence, begins, inside = line.removeprefix("```"), number, list[str]()
        elif fence is not None and line == "```":
            yield Block(f"{page.name}:{begins}", fence, tuple(inside))
            fence = None
        else:
            inside.append(line)
    assert fence is None, f"{page.name}:{begins}: a block without an end"


def examples(block: Block) -> Iterator[tuple[str, str]]:
    """Each command and what the page says it prints; a line that begins with `> ` belongs to the command."""
    command, output = "", ""
    for line in block.lines:
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line[2:], ""
        elif line.startswith("> ") and not output:
            command += f"\n{line[2:]}"
        else:
            output += f"{line}\n"
    yield command, output


class Newcomer:
    """Somebody who has never run the program, and what surrounds them."""

    def __init__(self, folder: Path, mailbox: Mailbox) -> None:
        self.home = folder / "ann"
        self.mailbox = mailbox
        programs = self.home / ".local" / "bin"
        programs.mkdir(parents=True)
        (programs / "ianawatch").symlink_to(Path(sys.executable).with_name("ianawatch"))
        # What a reader of a checkout has around them.
        (self.home / "sync").symlink_to(ROOT / "sync")
        crontab = Crontab(folder)
        # `setup systemd` asks only whether there is one.
        (crontab.bin / "systemctl").symlink_to("/bin/false")
        self.environment = {
            "HOME": str(self.home),
            "PATH": f"{programs}{os.pathsep}{crontab.path['PATH']}",
            "LANG": "C.UTF-8",
        }

    def follow(self, block: Block) -> None:
        """Do what a block says, and find what it shows."""
        if block.language == CONFIG:
            with (self.home / ".config" / "ianawatch" / "config.toml").open("a", encoding="utf-8") as file:
                file.write(block.text)
        elif block.language == "eml":
            came = self.mailbox.letters[-1]
            body = came.get_body(("plain",))
            assert body is not None
            arrived = f"Subject: {came['Subject']}\n\n{body.get_content()}"
            assert _shape(arrived).strip() == _shape(block.text).strip()
        elif block.language == "console":
            for command, output in examples(block):
                printed = self.run(command.replace(MAIL_URL, self.mailbox.url("ann@example.org")))
                printed = printed.replace(str(self.home), "/home/ann")
                assert _shape(printed) == _shape(output), f"{block.where}: {command}"

    def run(self, command: str) -> str:
        """What the command prints."""
        environment = self.environment
        if "ianawatch setup" not in command:
            # There it would be told that cron has no such variable.
            environment = environment | {
                f"{PREFIX}SOURCE": str(ROOT / "sync" / "bundled" / "close-codes.xml")
            }
        user = AS_A_USER if os.geteuid() == 0 and "setup systemd" in command else []
        if user and subprocess.run([*user, "true"], check=False, capture_output=True).returncode:
            pytest.skip("no user namespace of one's own here")
        done = subprocess.run(
            [*user, "bash", "-c", command],
            cwd=self.home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout


def _shape(text: str) -> str:
    text = text.replace("\r\n", "\n")
    for pattern, name in SHAPES:
        text = pattern.sub(name, text)
    return text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_who_follows_a_page_sees_what_it_says(page: Path, tmp_path: Path) -> None:
    found = list(blocks(page))
    if any("$ sqlite3" in block.text for block in found) and not shutil.which("sqlite3"):
        pytest.skip("the sqlite3 shell is not installed")
    with ExitStack() as stack:
        newcomer = Newcomer(tmp_path, stack.enter_context(Mailbox()))
        for block in found:
            newcomer.follow(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_piece_of_configuration_is_one(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page)):
        if block.language.split(" ")[0] == "toml":
            file = tmp_path / f"{number}.toml"
            file.write_text(block.text, encoding="utf-8")
            assert tomllib.loads(block.text)
            assert read(file, {})[1] == [], block.where


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
        linked = page.parent / target if target else page
        assert linked.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            # As GitHub makes them.
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{page.name}: {target}#{anchor}"


def test_the_channel_that_is_shown_as_an_example_is_one(tmp_path: Path) -> None:
    (example,) = (block for block in blocks(ROOT / "docs" / "extending.md") if block.language == "python")
    namespace: dict[str, object] = {"__name__": "example"}
    exec(example.text, namespace)  # noqa: S102  # what the page tells its readers to write
    maildir_sender = namespace["maildir_sender"]
    assert callable(maildir_sender)
    with pytest.raises(NotDelivered, match=r"is .* a Maildir"):
        maildir_sender(str(tmp_path / "none"))(letter(), timeout=1)
    there = mailbox.Maildir(tmp_path / "there")
    maildir_sender(str(tmp_path / "there"))(letter(), timeout=1)
    (arrived,) = there
    assert arrived["Subject"] == letter().subject
    assert letter().delivery_uid in arrived["Message-ID"]


def test_the_readme_names_every_command() -> None:
    readme = README.read_text(encoding="utf-8")
    for name, says in COMMANDS.items():
        assert f"`ianawatch {name}" in readme, f"{name}: {says}"


def test_the_readme_names_every_exit_code() -> None:
    table = re.findall(r"^\| (\d+(?: / \d+)*) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code) for row in table for code in row.split(" / ")} == {int(code) for code in Exit}


def test_the_readme_has_every_setting_with_its_variable_and_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+?) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [key for key, _, _ in rows] == list(SETTINGS)
    for key, variable, default in rows:
        assert variable == f"{PREFIX}{key.upper()}"
        _agrees(key, SETTINGS[key], default)


def test_the_readme_has_every_key_of_a_channel() -> None:
    section = README.read_text(encoding="utf-8").partition("`[channels.NAME]`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.MULTILINE)
    assert [key for key, _ in rows] == list(CHANNEL)
    for key, default in rows:
        _agrees(key, CHANNEL[key], default)


def _agrees(key: str, rule: Rule, default: str) -> None:
    """Whether the table says the default; where that is nothing, it says so or what is done instead."""
    if isinstance(rule.default, int | float) and not isinstance(rule.default, bool):
        assert default == f"{rule.default:.10g}", key
    elif isinstance(rule.default, tuple):
        assert not rule.default or all(f"`{value}`" in default for value in rule.default), key
    elif rule.default is not None:
        said = str(rule.default).lower() if isinstance(rule.default, bool) else rule.default
        assert default == f"`{said}`", key
    else:
        assert not default.startswith("`"), key


def test_every_runtime_dependency_has_its_reason_in_the_readme() -> None:
    readme = README.read_text(encoding="utf-8")
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for requirement in pyproject["project"]["dependencies"]:
        found = re.match(r"[A-Za-z0-9-]+", requirement)
        assert found
        assert re.search(rf"^\| {found[0]} \|", readme, re.MULTILINE), requirement
