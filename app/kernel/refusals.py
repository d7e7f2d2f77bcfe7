"""What the program says no with: a stable code and plain values, never a sentence."""

from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """Something asked for that may not or cannot be done; subclasses carry the code."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params


class BadFields(Refusal):
    """Several fields of one payload are wrong: `errors` is a list of (JSON pointer, code)."""

    code = "fields.invalid"

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__(errors=errors)
        self.errors = errors


class NotFound(Refusal):
    """There is no such thing within the asker's reach."""

    code = "not_found"
    status = 404


class NotAllowed(Refusal):
    """The asker may not do that."""

    code = "accounts.not_allowed"
    status = 403


def all_refusals() -> list[type[Refusal]]:
    """Every refusal the program knows by now, for the tests of the catalogue."""
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return found
