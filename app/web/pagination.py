"""Lists cut into pages: what the address asks for, and the page that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
LAST_NUMBER = 100_000  # keeps offsets far from the limits of any database
NEIGHBOURS = 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a longer list; `number` counts from 1, `total` is the length of the list."""

    items: tuple[Item, ...]
    number: int
    size: int
    total: int

    @property
    def first(self) -> int:
        """The place of the first item in the whole list, from 1; 0 on an empty page."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The place of the last item in the whole list; 0 on an empty page."""
        return self.first + len(self.items) - 1 if self.items else 0

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return _pages(self.total, self.size)

    @property
    def previous(self) -> int | None:
        """The number of the page before."""
        return min(self.number - 1, self.count) if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after."""
        return self.number + 1 if self.number < self.count else None

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """Page numbers to offer: both ends and the neighbours; None is a gap of two or more."""
        near = range(self.number - NEIGHBOURS, self.number + NEIGHBOURS + 1)
        kept = sorted({1, self.count, *(n for n in near if 1 <= n <= self.count)})
        offered: list[int | None] = []
        for before, number in zip([0, *kept], kept, strict=False):
            if number - before == 2:
                offered.append(number - 1)
            elif number - before > 2:
                offered.append(None)
            offered.append(number)
        return tuple(offered)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list is wanted."""

    number: int = 1
    size: int = DEFAULT_SIZE

    @property
    def limit(self) -> int:
        """How many items to read."""
        return self.size

    @property
    def offset(self) -> int:
        """How many items to pass over."""
        return (self.number - 1) * self.size

    def bounded(self, total: int) -> "PageRequest":
        """The same request, or the last page where the list has become shorter."""
        return PageRequest(min(self.number, _pages(total, self.size)), self.size)

    def page(self, items: Sequence[Item], total: int) -> Page[Item]:
        """The page made of the items read for this request."""
        return Page(tuple(items), self.number, self.size, total)


def page_from_args(args: Mapping[str, str], *, size: int = DEFAULT_SIZE) -> PageRequest:
    """The page an address asks for by `page` and `size`; nonsense means the first page."""
    return PageRequest(
        number=_between(args.get("page"), 1, LAST_NUMBER, default=1),
        size=_between(args.get("size"), 1, LARGEST_SIZE, default=size),
    )


def _pages(total: int, size: int) -> int:
    return max(1, -(-total // size))


def _between(text: str | None, low: int, high: int, *, default: int) -> int:
    if not text or not text.isascii() or not text.isdecimal():
        return default
    return min(max(int(text[:9]), low), high)
