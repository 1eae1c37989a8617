"""The wheel as a user installs it: the right files, and never somebody else's `sync` or `db`.

The three packages have common names, so the program is run from a folder that has packages called the same.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from builders import document, row

from sync.watches import SHIPPED

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("sync", "db", "migrations")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@dataclass(frozen=True, slots=True)
class Installation:
    """An environment that holds the wheel, and for its dependencies looks into the one the tests run in."""

    folder: Path
    home: Path
    """What the program takes for the user's home: nobody's settings and nobody's database."""

    def run(self, command: str, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment from the folder `cwd`."""
        outside = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("IANAWATCH_", "PYTHON", "XDG_"))
        }
        return subprocess.run(
            [self.folder / "bin" / command, *arguments],
            cwd=cwd,
            env=outside | {"HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )


def here(*arguments: str | Path) -> None:
    """Run the Python of the tests; what it says is shown only where it fails."""
    subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, check=True)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by the backend that the lock names: nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    here("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("environment")
    here("-m", "venv", "--without-pip", folder)
    here("-m", "pip", "--python", folder / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    bases = {"base": str(folder), "platbase": str(folder)}
    # Python does not follow the .pth files of a folder that a .pth file names: this checkout, installed there
    # as editable, stays out of reach.
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    pth = Path(sysconfig.get_path("purelib", "venv", bases), "dependencies.pth")
    pth.write_text("\n".join(dependencies) + "\n", "utf-8")
    return Installation(folder, tmp_path_factory.mktemp("home"))


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """A folder that has packages of the same names, none of which can be imported without a noise."""
    for name in PACKAGES:
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text(f"raise SystemExit('the stranger: {name}')\n", "utf-8")
    return tmp_path


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {Path(name) for name in archive.namelist()}

    metadata = f"ianawatch-{PROJECT['version']}.dist-info"
    assert {path.parts[0] for path in held} == {*PACKAGES, metadata}
    in_checkout = {
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path for path in held if path.parts[0] != metadata} == in_checkout


def test_the_wheel_holds_what_is_no_module(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())

    bundles = [watch.bundle for watch in SHIPPED.values() if watch.bundle]
    assert bundles
    for bundle in bundles:
        assert {f"sync/bundled/{bundle.document}", f"sync/bundled/{bundle.documented}"} <= held
    assert {"migrations/env.py", "migrations/script.py.mako"} <= held
    assert [name for name in held if name.startswith("migrations/versions/") and name.endswith(".py")]


def test_the_environment_has_the_packages_from_the_wheel(installation: Installation, tmp_path: Path) -> None:
    asked = (
        "import json\n"
        "from importlib.util import find_spec\n"
        f"specs = [find_spec(name) for name in {PACKAGES}]\n"
        "print(json.dumps([list(spec.submodule_search_locations) for spec in specs]))\n"
    )
    result = installation.run("python", "-I", "-c", asked, cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    folders = json.loads(result.stdout)
    assert [len(found) for found in folders] == [1, 1, 1]
    assert all(Path(found).is_relative_to(installation.folder) for (found,) in folders)


@pytest.mark.parametrize(
    ("option", "said"), [("--help", "sync"), ("--version", PROJECT["version"])], ids=["help", "version"]
)
def test_the_command_runs_beside_strangers(
    installation: Installation, strangers: Path, option: str, said: str
) -> None:
    result = installation.run("ianawatch", option, cwd=strangers)

    assert (result.returncode, result.stderr) == (0, "")
    assert said in result.stdout


def test_a_sync_runs_beside_strangers(installation: Installation, strangers: Path) -> None:
    source = strangers / "registry.xml"
    source.write_bytes(document([row("3000", "Unauthorized"), row("3001-3999", "Unassigned")]))
    database = ("--database", strangers / "codes.sqlite")

    synced = installation.run("ianawatch", *database, "sync", "--source", source, cwd=strangers)
    listed = installation.run("ianawatch", *database, "list", "--format", "csv", cwd=strangers)

    assert synced.returncode == 0, synced.stderr
    assert listed.returncode == 0, listed.stderr
    assert [line for line in listed.stdout.splitlines() if re.match(r"3000,.*\bUnauthorized\b", line)]
