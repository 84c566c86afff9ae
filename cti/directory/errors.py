"""What can go wrong with a look-up. The call goes on without it."""

from cti.core.errors import CtiError


class DirectoryUnavailable(CtiError):
    """The directory could not say who has the number. The message names no number."""
