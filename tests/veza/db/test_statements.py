"""Every SQL statement of the product is prepared against the migrated schema, and its columns fit its record."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

import veza
from veza.db.pool import Database
from veza.db.query import Command, Query, Value
from veza.products import list_queries

Statement = Query[Any] | Value[Any] | Command

UNNAMED = {"?column?", "case", "coalesce", "count", "exists"} | {"bool", "int4", "int8", "float8", "text"}


def statements() -> Iterator[tuple[str, Statement]]:
    """Each statement of every module, by its full name; one that is imported elsewhere counts once."""
    seen: set[int] = set()
    for found in pkgutil.walk_packages(veza.__path__, "veza."):
        if found.name == "veza.__main__":
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, Query | Value | Command) and id(value) not in seen:
                seen.add(id(value))
                yield f"{found.name}.{name}", value


ALL = dict(statements()) | {
    f"veza.products.list_queries.{number}": found for number, found in enumerate(list_queries.every_statement())
}
"""The list's statements are made from their parts, so its module counts them out."""


async def test_every_statement_fits_the_schema(database: Database) -> None:
    problems = []
    async with database.connection() as connection:
        for name, statement in ALL.items():
            try:
                prepared = await connection.prepare(statement.sql)
            except Exception as error:  # noqa: BLE001 - all of them are wanted, not the first
                problems.append(f"{name}: {error}")
                continue
            problems += [f"{name}: {problem}" for problem in misfits(statement, prepared.get_attributes())]
    assert not problems, "\n".join(problems)


def misfits(statement: Statement, columns: Any) -> list[str]:
    names = [column.name for column in columns]
    if isinstance(statement, Query):
        fields = list(statement.record.__struct_fields__)
        if len(names) != len(fields):
            return [f"{len(names)} columns for the {len(fields)} fields of {statement.record.__name__}"]
        # Columns without a name of their own (expressions) are held by their place alone.
        wrong = [
            (column, field) for column, field in zip(names, fields, strict=True) if named(column) and column != field
        ]
        return [f"column {column} stands where {field} is read" for column, field in wrong]
    if isinstance(statement, Value) and len(names) != 1:
        return [f"{len(names)} columns for one value"]
    return []


def named(column: str) -> bool:
    """Whether the name says what the column is; PostgreSQL names an expression after its function or type."""
    return column not in UNNAMED


@pytest.mark.parametrize("sql", ["select id from jobs", "select name, id from jobs", "select id, name, 1 from jobs"])
async def test_the_comparison_finds_what_does_not_fit(database: Database, sql: Any) -> None:
    class Two(msgspec.Struct):
        id: int
        name: str

    async with database.connection() as connection:
        columns = (await connection.prepare(sql)).get_attributes()
    assert misfits(Query(Two, sql), columns)


def test_it_looks_at_all_of_them() -> None:
    assert len(ALL) > 20
    assert "veza.jobs.queries.pick" in ALL
