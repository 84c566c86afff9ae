"""Hypothesis strategies for numbers, and folders."""

import pytest


@pytest.fixture
def folder(tmp_path):
    """Where the lists are."""
    path = tmp_path / "lists"
    path.mkdir()
    return path
