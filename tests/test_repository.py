"""Facts about the tree that no other test would notice: what must not be in it, and what must."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME_LOCK = ROOT / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.lock"
MODULES = sorted([*ROOT.glob("sync/**/*.py"), *ROOT.glob("db/**/*.py")])
MAPS = [path for path in MODULES if path.name == "__init__.py" and path.parent.name not in {"commands", "db"}]
"""Docstrings that name each room beside them; `commands` has one for each command, `db` for each store."""
LONGEST = 350
"""Lines of a module; what is longer is more than one room."""


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    """Every text that git has or would take, by its path from the root."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no git checkout, or no git")
    paths = [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]
    bodies = {path: (ROOT / path).read_bytes() for path in paths}
    return {path: body.decode("utf-8", "replace") for path, body in bodies.items() if b"\0" not in body}


def places(texts: dict[Path, str], pattern: str) -> list[str]:
    """Where the pattern is found, as `path:line: text`."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_the_checkout_has_what_a_reader_looks_for(texts: dict[Path, str]) -> None:
    wanted = {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", RUNTIME_LOCK.name, DEVELOPMENT_LOCK.name}
    assert wanted - {str(path) for path in texts} == set()


def test_the_ci_script_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_no_file_names_a_path_of_this_machine(texts: dict[Path, str]) -> None:
    here = {ROOT, ROOT.parent / "shared", Path.home()} - {Path("/")}
    paths = "|".join(re.escape(str(path)) for path in here)
    assert places(texts, rf"(?<![\w./-])({paths})(?![\w.-])") == []


def test_no_file_tells_how_the_work_was_done(texts: dict[Path, str]) -> None:
    assert places(texts, r"(?i)\bissue\s#?\d+\b|\bthis\ssession\b|\bsub-?agents?\b") == []


def test_no_file_cites_a_document_that_a_reader_does_not_have(texts: dict[Path, str]) -> None:
    assert places(texts, r"\b(DESIGN|STYLE|TRAPS)\.md\b") == []


def test_only_the_shipped_watch_says_what_is_watched(texts: dict[Path, str]) -> None:
    code = {path: text for path, text in texts.items() if ROOT / path in MODULES}
    watches = code.pop(Path("sync/watches.py"))
    words = r"websocket|close-code-number|(?<!\d)3000(?!\d)"
    assert len(re.findall(words, watches)) >= 3
    assert places(code, words) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_a_room_with_a_sign_on_its_door(module: Path) -> None:
    text = module.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("package", MAPS, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_every_room_is_on_the_map_of_its_package(package: Path) -> None:
    drawn = ast.get_docstring(ast.parse(package.read_text("utf-8"))) or ""
    rooms = {path.stem for path in package.parent.glob("*.py")} - {"__init__", "__main__"}
    rooms |= {path.parent.name for path in package.parent.glob("*/__init__.py")}
    assert {room for room in rooms if not re.search(rf"\b{room}\b", drawn)} == set()


def test_every_module_has_a_place_in_the_layers() -> None:
    (layers,) = (
        contract["layers"]
        for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    placed = {name for layer in layers for name in re.findall(r"[\w.]+", layer)}
    there = [path.relative_to(ROOT).with_suffix("") for path in MODULES if path.name != "__init__.py"]
    homeless = [path for path in there if not placed & {".".join(one.parts) for one in (path, *path.parents)}]
    assert homeless == []


@pytest.mark.parametrize("lock", [RUNTIME_LOCK, DEVELOPMENT_LOCK], ids=lambda path: path.name)
def test_a_lock_has_versions_and_hashes_and_nothing_else(lock: Path) -> None:
    allowed = r"#.*|[a-z\d.-]+==[\w.!+]+ \\|    --hash=sha256:[\da-f]{64}( \\)?|    # .*|"
    lines = lock.read_text("utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(allowed, line)] == []
    assert [line for line in lines if "/" in line] == []
    text = "\n".join(lines)
    assert len(locked(lock)) == len(re.findall(r"== ?\S+ \\\n    --hash=", text))


def test_the_locks_hold_every_dependency() -> None:
    runtime = PYPROJECT["project"]["dependencies"]
    development = PYPROJECT["dependency-groups"]["dev"] + PYPROJECT["build-system"]["requires"]
    assert unmet(runtime, RUNTIME_LOCK) == []
    assert unmet(runtime + development, DEVELOPMENT_LOCK) == []


def test_development_has_what_a_user_gets() -> None:
    assert locked(RUNTIME_LOCK).items() <= locked(DEVELOPMENT_LOCK).items()


def locked(lock: Path) -> dict[str, str]:
    """The version of each distribution that the lock names."""
    return dict(re.findall(r"^([a-z\d.-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE))


def unmet(dependencies: list[str], lock: Path) -> list[str]:
    """The dependencies that the lock lacks, or has in a version they rule out."""
    versions = locked(lock)
    wanted = [(canonicalize_name(one.name), one.specifier) for one in map(Requirement, dependencies)]
    return [name for name, specifier in wanted if name not in versions or versions[name] not in specifier]
