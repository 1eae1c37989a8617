"""The docs are run: every command in a `console` block prints what the block says.

The source is the bundled registry, so that the outputs are those of a first day; times of the day, which
differ from run to run, are compared by their shape.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync.cli import COMMANDS
from sync.errors import Exit

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?( ?Z| UTC)?")


@dataclass(frozen=True)
class Example:
    """A command and what a page says it prints."""

    where: str
    command: str
    output: str


def examples(page: Path) -> list[Example]:
    found: list[Example] = []
    block: list[str] | None = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line == "```console":
            block = []
        elif line == "```" and block is not None:
            block = None
        elif block is not None and line.startswith("$ "):
            found.append(Example(f"{page.name}:{number}", line[2:], ""))
        elif block is not None and found:
            last = found.pop()
            found.append(Example(last.where, last.command, f"{last.output}{line}\n"))
    return found


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has never run the program."""
    return {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "IANAWATCH_SOURCE": str(ROOT / "sync" / "bundled" / "close-codes.xml"),
        "LANG": "C.UTF-8",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_on_a_page_print_what_it_says(page: Path, home: dict[str, str], tmp_path: Path) -> None:
    for example in examples(page):
        done = subprocess.run(
            ["bash", "-c", example.command],
            cwd=tmp_path,
            env=home,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = TIME.sub("TIME", done.stdout + done.stderr)
        assert printed == TIME.sub("TIME", example.output), f"{example.where}: {example.command}"


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, says in COMMANDS.items():
        assert f"`ianawatch {name}" in readme, f"{name}: {says}"


def test_the_readme_names_every_exit_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d+(?: / \d+)*) \|", readme, re.MULTILINE)
    assert {int(code) for row in table for code in row.split(" / ")} == {int(code) for code in Exit}


def test_every_runtime_dependency_has_its_reason_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = re.search(r"^dependencies = \[(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    assert dependencies
    for name in re.findall(r'^    "([A-Za-z0-9-]+)', dependencies[1], re.MULTILINE):
        assert re.search(rf"^\| {name} \|", readme, re.MULTILINE), name
