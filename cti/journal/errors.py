"""The databases' errors as the journal's. No message repeats a value that was stored: it may be a person's."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from cti.core.errors import JournalDamaged, JournalError, JournalUnavailable

# By the classes of PostgreSQL's codes: what we asked for is wrong, so asking again is no use.
REFUSED_CLASSES = {"22", "23", "42"}
REFUSED_BY_SQLITE = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
DAMAGED_CODES = {"XX001", "XX002"}
DAMAGED_BY_SQLITE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def journal_error(error: Exception) -> JournalError:
    """`JournalDamaged`, `JournalError` for what the database will never take, otherwise `JournalUnavailable`."""
    if isinstance(error, JournalError):
        return error
    root = _root(error)
    reason = reason_of(error)
    if _is_damage(root):
        return JournalDamaged(reason)
    if _is_refusal(root):
        return JournalError(f"the database refuses: {reason}")
    return JournalUnavailable(reason)


def reason_of(error: Exception) -> str:
    """What went wrong, in one line."""
    root = _root(error)
    if isinstance(root, sqlite3.OperationalError) and "Could not decode" in str(root):
        return "a text in it is not UTF-8"
    if isinstance(root, ValueError) or _sqlstate(root).startswith("22"):
        return "a value has the wrong type or characters"
    lines = str(root).strip().splitlines()
    return (lines[0] if lines else type(root).__name__) + _which_failure(root)


def _which_failure(root: BaseException) -> str:
    """SQLite says "disk I/O error" whatever failed; its code tells a write from a sync."""
    name = getattr(root, "sqlite_errorname", "")
    return f" ({name})" if name.startswith("SQLITE_IOERR") else ""


def _root(error: Exception) -> BaseException:
    return (error.orig or error) if isinstance(error, DBAPIError) else error


def _is_damage(root: BaseException) -> bool:
    if isinstance(root, sqlite3.Error):
        # An extended code has the plain one in its lowest byte. A text that cannot be decoded has no code.
        code = getattr(root, "sqlite_errorcode", 0) & 0xFF
        return code in DAMAGED_BY_SQLITE or "Could not decode" in str(root)
    return _sqlstate(root) in DAMAGED_CODES


def _is_refusal(root: BaseException) -> bool:
    return isinstance(root, (*REFUSED_BY_SQLITE, ValueError)) or _sqlstate(root)[:2] in REFUSED_CLASSES


def _sqlstate(root: BaseException) -> str:
    """PostgreSQL's code for what went wrong; empty for other databases' errors and lost connections."""
    return getattr(root, "sqlstate", None) or ""
