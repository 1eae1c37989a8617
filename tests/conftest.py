"""What every test file may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: how long an example takes is the machine's affair. CI takes the same examples every time.
settings.register_profile("project", deadline=None)
settings.register_profile("project-ci", settings.get_profile("ci"), deadline=None, print_blob=True)
settings.load_profile("project-ci" if "CI" in os.environ else "project")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of real documents beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no folder `shared` with real documents beside this checkout")
    return SHARED
