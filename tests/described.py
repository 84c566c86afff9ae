"""Tables as a database has them, to compare two ways of making them."""

from typing import Any

from sqlalchemy import Connection, MetaData, Table, inspect, select


def described(connection: Connection, tables: MetaData, version_table: str) -> dict[str, Any]:
    """Columns, keys, indexes, checks and options of these tables, whatever the order of the columns; and the revision
    that they are of."""
    found = inspect(connection)
    names = [*tables.tables, version_table]
    version = Table(version_table, MetaData(), autoload_with=connection)
    return {"revision": connection.execute(select(version)).scalars().all()} | {
        name: (
            sorted(f"{column['name']} {column['type']!r} {column['nullable']} {column['default']}"
                   for column in found.get_columns(name)),
            found.get_pk_constraint(name),
            sorted(f"{index['name']} {index['column_names']} {index['unique']} {conditions(index)}"
                   for index in found.get_indexes(name)),
            sorted(map(repr, found.get_check_constraints(name))),
            found.get_table_options(name) if connection.dialect.name == "sqlite" else {},
        )
        for name in names
    }  # fmt: skip


def conditions(index: Any) -> dict[str, str]:
    """What else there is to an index, such as which rows it has."""
    return {option: str(value) for option, value in index.get("dialect_options", {}).items()}
