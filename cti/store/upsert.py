"""Insert, or change what is there: the one statement that SQLite and PostgreSQL share but SQLAlchemy spells twice."""

from collections.abc import Sequence

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(dialect: Dialect, table: Table, changes: Sequence[str]) -> postgresql.Insert | sqlite.Insert:
    """A statement that inserts a row or, where its primary key is taken, changes these columns of the row there."""
    statement = _insert(dialect, table)
    key = [column.name for column in table.primary_key]
    if not changes:
        return statement.on_conflict_do_nothing(index_elements=key)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in changes}
    )


def increase(dialect: Dialect, table: Table, names: Sequence[str]) -> postgresql.Insert | sqlite.Insert:
    """A statement that inserts a row or, where its primary key is taken, adds these columns to those of the row
    there."""
    statement = _insert(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key],
        set_={name: table.c[name] + statement.excluded[name] for name in names},
    )


def _insert(dialect: Dialect, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)
