"""Sorting and filtering of a table as its address tells it, and back to an address."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlencode

from app.kernel.text import squeeze

LONGEST_VALUE = 100
MOST_VALUES = 20

Pairs = tuple[tuple[str, str], ...]


class Args(Protocol):
    """The query values of an address, as Werkzeug keeps them."""

    def getlist(self, key: str, /) -> list[str]:
        """Every value of one key, in order."""


@dataclass(frozen=True, slots=True)
class TableState:
    """How a table is sorted and filtered; only allowed columns and values ever get in."""

    sort: str
    descending: bool = False
    filters: Pairs = ()
    default: str = field(default="", compare=False)
    kept: Pairs = field(default=(), compare=False)

    def value(self, key: str) -> str:
        """The first value of a filter, or nothing."""
        return next(iter(self.values(key)), "")

    def values(self, key: str) -> tuple[str, ...]:
        """Every value chosen in a filter."""
        return tuple(value for name, value in self.filters if name == key)

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.filters)

    @property
    def order(self) -> str:
        """The order as an address says it: `name`, or `-name` from the end."""
        return f"-{self.sort}" if self.descending else self.sort

    def query(self, **changes: object) -> str:
        """The query of this state with some values changed; the default order is left out."""
        return query_with((*self.hidden_fields(), *self.filters), **changes)

    def sort_order(self, column: str) -> str | None:
        """The order a click on a column asks for, turned round on the second; None: default."""
        turned = column == self.sort and not self.descending
        order = f"-{column}" if turned else column
        return None if order == self.default else order

    def sort_query(self, column: str) -> str:
        """The query that sorts by a column, from page 1."""
        return self.query(sort=self.sort_order(column))

    def cleared_query(self) -> str:
        """The query that drops every filter and nothing else."""
        return query_with(self.hidden_fields())

    def direction(self, column: str) -> Literal["ascending", "descending"] | None:
        """The order a column stands in, in the words of `aria-sort`."""
        if column != self.sort:
            return None
        return "descending" if self.descending else "ascending"

    def hidden_fields(self) -> Pairs:
        """What a filter form must carry along: the order, and what else the page looks at."""
        order = () if self.order == self.default else (("sort", self.order),)
        return (*order, *self.kept)


def table_from_args(
    args: Args,
    *,
    sortable: Collection[str],
    default: str,
    filters: Mapping[str, Collection[str] | None] | None = None,
    keeps: Collection[str] = (),
) -> TableState:
    """The state an address asks for; a filter has its allowed values, None for any short text.

    `keeps` names what else in the address says what the page looks at.
    """
    wanted = next(iter(args.getlist("sort")), default)
    order = wanted if wanted.removeprefix("-") in sortable else default
    return TableState(
        sort=order.removeprefix("-"),
        descending=order.startswith("-"),
        filters=tuple(
            (key, value)
            for key, allowed in (filters or {}).items()
            for value in _chosen(args.getlist(key), allowed)
        ),
        default=default,
        kept=tuple((key, value) for key in keeps for value in _chosen(args.getlist(key)[:1], None)),
    )


def query_with(pairs: Iterable[tuple[str, str]], **changes: object) -> str:
    """A query string of pairs where changed keys take one new value; None takes a key out."""
    kept = [(key, value) for key, value in pairs if key not in changes]
    added = [(key, str(value)) for key, value in changes.items() if value is not None]
    return f"?{urlencode(kept + added)}"


def _chosen(given: Iterable[str], allowed: Collection[str] | None) -> tuple[str, ...]:
    texts = (squeeze(text)[:LONGEST_VALUE] for text in given)
    kept = dict.fromkeys(text for text in texts if text and (allowed is None or text in allowed))
    return tuple(kept)[:MOST_VALUES]
