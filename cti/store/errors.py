"""What can go wrong with the store, and the databases' errors as the store's.

StoreError              what was asked for can never be done
 +-- StoreUnavailable   it cannot be done now: ask again later
"""

import sqlite3

from sqlalchemy.exc import DBAPIError

from cti.core.errors import CtiError

# By the classes of PostgreSQL's codes: the data or the question is wrong, so asking again is no use.
DATA_CLASSES = {"22", "54"}
REFUSED_CLASSES = {"23", "42"}
REFUSED_BY_SQLITE = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)


class StoreError(CtiError):
    """The store cannot do this, now or later."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, or is not there yet; nothing was changed."""


def store_error(error: Exception) -> StoreError:
    """The database's error as ours. The message repeats no value that was stored: it may be a person's."""
    if isinstance(error, StoreError):
        return error
    root = (error.orig or error) if isinstance(error, DBAPIError) else error
    sqlstate = getattr(root, "sqlstate", None) or ""
    if sqlstate[:2] in DATA_CLASSES or isinstance(root.__cause__ or root, ValueError):
        return StoreError("the database refuses a value of the wrong type, length or characters")
    lines = str(root).strip().splitlines()
    reason = lines[0] if lines else type(root).__name__
    if isinstance(root, REFUSED_BY_SQLITE) or sqlstate[:2] in REFUSED_CLASSES:
        return StoreError(f"the database refuses: {reason}")
    return StoreUnavailable(reason)
