"""Watches statements: whoever belongs to one company reads no table of companies as a whole.

A table with rows of companies or people may be read only where the statement says whose: by a
column that names a branch, company, person, group or the thing itself, on the table or on one that
it is joined to. A query written without that is seen the first time a route of a company runs it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Engine, Table, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ClauseElement
from sqlalchemy.sql.selectable import Alias, Select

from app.extensions import Base

WHOSE = frozenset({"company_id", "worker_id", "person_id"})
NAMES_ONE = frozenset(
    {"id", "path", "badge", "key", "jti", "company", "code", "login", "subject", "same_as"}
)
JOINING = {operators.eq, operators.in_op}
SAYING = {*JOINING, operators.like_op, operators.startswith_op, operators.between_op}


def holds_companies(table: Table) -> bool:
    """Whether the rows of a table tell something of companies or people, beyond that they exist."""
    return table.name != "branch" and bool(WHOSE & set(table.columns.keys()))


def names_one(column: Column[Any]) -> bool:
    """Whether a value of this column says whose rows are meant, or which one."""
    return column.name in NAMES_ONE or column.name.endswith(("_id", "_key", "_hash"))


def read_whole(statement: ClauseElement) -> set[str]:
    """The tables of companies that a statement reads without saying whose rows."""
    read = {
        each.element.name if isinstance(each, Alias) else each.name
        for each in visitors.iterate(statement)
        if isinstance(each, Table | Alias) and isinstance(getattr(each, "element", each), Table)
    }
    said: set[str] = set()
    joined: list[tuple[str, str]] = []
    for each in visitors.iterate(statement):
        if isinstance(each, BinaryExpression) and each.operator in SAYING:
            _sort(each, said, joined)
    grown = True
    while grown:
        more = {other for pair in joined for other in pair if said & set(pair)}
        grown = not more <= said
        said |= more
    tables = Base.metadata.tables
    return {name for name in read - said if name in tables and holds_companies(tables[name])}


def _sort(told: BinaryExpression[Any], said: set[str], joined: list[tuple[str, str]]) -> None:
    """Note what a comparison says: whose rows of a table, or that two tables go together."""
    left, right = columns_of(told.left), columns_of(told.right)
    if left and right:
        joined += [(a.table_name, b.table_name) for a in left for b in right]
    elif any(isinstance(each, BindParameter) for each in visitors.iterate(told)):
        said |= {each.table_name for each in left + right if each.names_one}


@dataclass(frozen=True, slots=True)
class Named:
    """A column in a comparison: its table, and whether its values name one thing."""

    table_name: str
    names_one: bool


def columns_of(side: Any) -> list[Named]:
    """The columns of tables on one side of a comparison."""
    found = []
    for each in visitors.iterate(side):
        if isinstance(each, Column) or hasattr(each, "base_columns"):
            for base in getattr(each, "base_columns", {each}):
                if isinstance(base, Column) and isinstance(base.table, Table):
                    found.append(Named(base.table.name, names_one(base)))
    return found


@dataclass(slots=True)
class Watch:
    """What was read as a whole: (route, table), while `route` is set."""

    route: str = ""
    seen: set[tuple[str, str]] = field(default_factory=set)
    judged: dict[str, set[str]] = field(default_factory=dict)

    def look(self, _c: Any, _k: Any, sql: str, _p: Any, context: Any, _m: bool) -> None:
        if not self.route or not sql.lstrip("(").startswith(("SELECT", "WITH")):
            return
        if sql not in self.judged:
            compiled = getattr(context, "compiled", None)
            statement = getattr(compiled, "statement", None)
            self.judged[sql] = read_whole(statement) if isinstance(statement, Select) else set()
        self.seen |= {(self.route, table) for table in self.judged[sql]}


@contextmanager
def watching(*engines: Engine) -> Iterator[Watch]:
    """Look at every statement of these engines."""
    watch = Watch()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", watch.look)
    yield watch
    for engine in engines:
        event.remove(engine, "before_cursor_execute", watch.look)
