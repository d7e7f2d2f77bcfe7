"""What may be done in each state, as one table: the state an act leads to, or why it may not be."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from app.kernel.refusals import Refusal

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class StateTable(Generic[S, A]):
    """One line a state, with a cell for every act in the order in which acts are declared."""

    def __init__(self, acts: type[A], lines: Mapping[S, Sequence[S | type[Refusal]]]) -> None:
        self.cells: Mapping[tuple[S, A], S | type[Refusal]] = {
            (state, act): cell
            for state, line in lines.items()
            for act, cell in zip(acts, line, strict=True)
        }

    def next_state(self, state: S, act: A) -> S:
        """The state that an act leads to, or the refusal of that cell."""
        cell = self.cells[state, act]
        if isinstance(cell, type):
            raise cell
        return cell

    def is_allowed(self, state: S, act: A) -> bool:
        """Whether an act is possible in a state."""
        return not isinstance(self.cells[state, act], type)
