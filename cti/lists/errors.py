"""What can go wrong with lists.

ListError               it cannot be done: the reason, and what to do about it
 +-- ListDamaged        a list is not what was written: cut off, changed, or none of ours
 +-- SourceRefused      a file cannot be imported
 +-- ImportRunning      the same import is under way already
"""

from cti.core.errors import CtiError


class ListError(CtiError):
    """What was asked for cannot be done."""


class ListDamaged(ListError):
    """A file is no list, or not as it was written."""


class SourceRefused(ListError):
    """A file cannot be imported. Nothing was changed."""


class ImportRunning(ListError):
    """Another process is importing the same file in the same way."""
