"""The configuration as a supervisor keeps it: a directory of YAML files, checked as a whole before anything is used."""

from datetime import date
from pathlib import Path

from cti.configuration.cautions import cautions
from cti.configuration.load import check, look
from cti.configuration.mistake import Caution, ConfigRefused, Mistake

__all__ = ["Caution", "ConfigRefused", "Mistake", "check", "warnings"]


def warnings(directory: str | Path, today: date, numbers_days: int | None = None) -> list[Caution]:
    """What is hardly meant in a directory without mistakes, sorted by place. Some of it is a question of the day, some
    of how long this machine keeps numbers."""
    return cautions(look(directory), today, numbers_days)
