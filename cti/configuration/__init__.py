"""The configuration as a supervisor keeps it: a directory of YAML files, checked as a whole before anything is used."""

from cti.configuration.load import check
from cti.configuration.mistake import ConfigRefused, Mistake

__all__ = ["ConfigRefused", "Mistake", "check"]
