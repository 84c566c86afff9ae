"""What the fault runs need."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder beside the project: crash tests in memory-backed /tmp prove nothing."""
    parent = Path(__file__).parents[2] / "var"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=parent))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)
