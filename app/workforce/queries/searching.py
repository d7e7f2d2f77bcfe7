"""The search of workers: one question for both databases, each with an index of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from app.accounts.models import Branch, Credential
from app.accounts.rules import PinState, badge_key
from app.extensions import blind_index
from app.workforce.models import Worker
from app.workforce.queries.units import pin_state
from app.workforce.rules.searching import (
    LONG_TAIL,
    LONGEST_QUERY,
    MOST_FOUND,
    PHONE_DIGITS,
    SHORT_TAIL,
    Wanted,
    phone_tails,
    read_search,
    unit_readings,
    unit_words,
)

FEW_UNITS = 24
MOST_READINGS = 8
EXACT, BADGE, PHONE, NAME, UNIT = range(5)  # ranks, best first
_rows = table("worker_search", column("id"), column("worker_id", String))
_index = table("worker_search_index", column("rowid"))
_words_of_unit = lru_cache(maxsize=8192)(unit_words)


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of workers, best first; `more` when there are others beyond them."""

    ids: tuple[str, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a search may look: whole companies, single units, and the units' words by id."""

    everywhere: bool
    companies: frozenset[int]
    units: frozenset[int]
    words_by_unit: dict[int, tuple[str, ...]]

    def holds(self) -> ColumnElement[bool]:
        """A worker stands within."""
        return or_(Worker.company_id.in_(self.companies), Worker.branch_id.in_(self.units))


@dataclass(frozen=True, slots=True)
class Hit:
    """A worker found, and by which way."""

    rank: int
    id: str
    name: str
    badge: str


def phone_tail_index(phone: str | None) -> str | None:
    """Keyed digests of a phone's last 3 and last 4 digits, by which it is found and not read."""
    if not phone:
        return None
    return " ".join(_tail_token(tail) for tail in phone_tails(phone).values()) or None


def find_workers_matching(
    session: Session,
    paths: Sequence[str],
    wanted: str,
    *,
    pin: PinState | None = None,
    left: bool | None = False,
    most: int = MOST_FOUND,
) -> Found:
    """Workers under these branches whom a typed text means, best first.

    Exact badge, then beginning of the badge, then phone, then names, then lines.
    `left`: those who have left, those who have not (False), or both (None).
    """
    asked = read_search(wanted)
    if not asked.words:
        return Found(())
    hunt = _Hunt(session, reach_of(session, paths), pin, left, most)
    # PostgreSQL takes no NUL in a text.
    badge = badge_key(wanted[:LONGEST_QUERY].replace("\x00", ""))
    hits: dict[str, Hit] = {}
    for some in _ways(hunt, asked, badge):
        for hit in some:
            exact = hit.badge == badge and hit.rank != EXACT
            better = replace(hit, rank=EXACT) if exact else hit
            if hit.id not in hits or better.rank < hits[hit.id].rank:
                hits[hit.id] = better
        if len(hits) > most:
            break
    ordered = sorted(hits.values(), key=_order)
    return Found(tuple(hit.id for hit in ordered[:most]), len(ordered) > most)


def _order(hit: Hit) -> tuple[int, str, str, str]:
    by_badge = hit.badge if hit.rank <= BADGE else ""
    return hit.rank, by_badge, hit.name, hit.id


def reach_of(session: Session, paths: Sequence[str]) -> Reach:
    """The companies and units under some branches, closed ones too."""
    rows = session.execute(select(Branch.id, Branch.path, Branch.name, Branch.company_id)).all()
    within = [row for row in rows if row.path.startswith(tuple(paths))] if paths else []
    companies = frozenset(row.id for row in within if row.id == row.company_id)
    everywhere = all(row.id in companies for row in rows if row.id == row.company_id)
    name_by_id = {row.id: row.name for row in rows}
    units = {
        row.id: tuple(
            word
            for above in _inside(row.path, row.company_id)
            for word in _words_of_unit(name_by_id[above])
        )
        for row in within
        if row.company_id is not None and row.id != row.company_id
    }
    single = frozenset(
        row.id for row in within if row.id in units and row.company_id not in companies
    )
    return Reach(everywhere, companies, single, units)


def _inside(path: str, company_id: int) -> list[int]:
    ids = [int(part) for part in path.split("/") if part]
    return ids[ids.index(company_id) + 1 :]


Question = Select[Any, str, str, str]


@dataclass(frozen=True, slots=True)
class _Hunt:
    session: Session
    reach: Reach
    pin: PinState | None
    left: bool | None
    most: int

    def ask(
        self,
        rank: int,
        *fits: ColumnElement[bool],
        terms: Sequence["Term"] = (),
        units: frozenset[int] = frozenset(),
    ) -> "Question":
        """Who fits, has every term and belongs to one of the units; one more than wanted."""
        asked: Question = select(
            literal_column(str(rank)).label("rank"),
            Worker.id,
            Worker.name_folded,
            Worker.badge_key,
        ).where(*fits)
        places = self._places(units) if terms else []
        if terms:
            asked = self._matching(asked, terms, places)
        if not places and not self.reach.everywhere:
            asked = asked.where(self.reach.holds())
        if units and not (places and len(units) <= FEW_UNITS):
            asked = asked.where(Worker.branch_id.in_(units))
        if self.left is not None:
            asked = asked.where(
                Worker.left_on.is_not(None) if self.left else Worker.left_on.is_(None)
            )
        if self.left is not False:
            asked = asked.where(Worker.name != "")  # not what is left of a deleted record
        if self.pin is not None:
            asked = asked.join(Credential, Credential.account_id == Worker.id)
            asked = asked.where(pin_state() == self.pin)
        return asked.limit(self.most + 1)

    def run(self, *questions: "Question") -> list[Hit]:
        """The answers to some questions, in one go."""
        parts = [select(each.subquery()) for each in questions]
        if not parts:
            return []
        rows = self.session.execute(parts[0] if len(parts) == 1 else union_all(*parts))
        return [Hit(*row) for row in rows]

    def _matching(
        self, asked: "Question", terms: Sequence["Term"], places: Sequence[str]
    ) -> "Question":
        if self.session.get_bind().dialect.name == "postgresql":
            words = func.worker_words(
                Worker.name_folded,
                Worker.badge,
                Worker.badge_key,
                Worker.phone_tails,
                Worker.company_id,
                Worker.branch_id,
            )
            parts = [term.in_postgresql() for term in terms]
            parts += [f"({' | '.join(_lexeme('@' + place) for place in places)})"] if places else []
            return asked.where(words.op("@@")(cast(" & ".join(parts), TSQUERY)))
        parts = [term.in_sqlite() for term in terms]
        parts += [f"place : ({' OR '.join(map(_quoted, places))})"] if places else []
        return (
            asked.join(_rows, _rows.c.worker_id == Worker.id)
            .join(_index, literal_column("worker_search_index.rowid") == _rows.c.id)
            .where(literal_column("worker_search_index").op("MATCH")(" AND ".join(parts)))
        )

    def _places(self, units: frozenset[int]) -> list[str]:
        """What of the reach the index itself can tell; the rest is asked of the table."""
        if 0 < len(units) <= FEW_UNITS:
            return [f"u{unit}" for unit in sorted(units)]
        if self.reach.everywhere:
            return []
        if not self.reach.units and len(self.reach.companies) <= FEW_UNITS:
            return [f"c{company}" for company in sorted(self.reach.companies)]
        if not self.reach.companies and len(self.reach.units) <= FEW_UNITS:
            return [f"u{unit}" for unit in sorted(self.reach.units)]
        return []


@dataclass(frozen=True, slots=True)
class Term:
    """The beginning of a word, of a badge as a whole, or the end of a phone."""

    word: str = ""
    badge: str = ""
    tail: str = ""

    def in_sqlite(self) -> str:
        """The term as FTS5 reads it."""
        parts = []
        if self.word:
            parts.append(f"words : {_quoted(self.word)} *")
        if self.badge:
            parts.append(f"badge : {_quoted(self.badge)} *")
        if self.tail:
            parts.append(f"place : {_quoted(self.tail)}")
        return f"({' OR '.join(parts)})"

    def in_postgresql(self) -> str:
        """The term as a tsquery is written."""
        parts = []
        if self.word:
            parts.append(f"{_lexeme(self.word)}:*")
        if self.badge:
            parts.append(f"{_lexeme('#' + self.badge)}:*")
        if self.tail:
            parts.append(_lexeme("@" + self.tail))
        return f"({' | '.join(parts)})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _lexeme(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _tail_token(tail: str) -> str:
    return f"p{len(tail)}{blind_index(f'tail:{tail}')[:16]}"


def _term(word: str) -> Term:
    is_tail = word.isascii() and word.isdecimal() and len(word) in {SHORT_TAIL, LONG_TAIL}
    return Term(word, tail=_tail_token(word) if is_tail else "")


def _ways(hunt: _Hunt, asked: Wanted, badge: str) -> Iterator[Sequence[Hit]]:
    """The ways in which a text can mean somebody, best first."""
    questions = [hunt.ask(NAME, terms=list(map(_term, asked.words)))]
    if len(asked.words) == 1 or any(letter.isdigit() for letter in badge):
        questions.append(hunt.ask(BADGE, terms=[Term(badge=asked.key)]))
    if len(asked.digits) >= PHONE_DIGITS:
        questions.append(hunt.ask(PHONE, Worker.phone_index == blind_index(asked.digits)))
    elif asked.digits:
        tail = Term(tail=_tail_token(asked.digits[-LONG_TAIL:]))
        questions.append(hunt.ask(PHONE, terms=[tail]))
    found = hunt.run(*questions)
    if LONG_TAIL < len(asked.digits) < PHONE_DIGITS:
        found = _ending(hunt, found, asked.digits)
    if len(found) > hunt.most:
        companies = Worker.company_id.in_(_companies(hunt))
        yield hunt.run(hunt.ask(EXACT, companies, Worker.badge_key == badge))
    yield found
    readings = islice(unit_readings(asked.words, hunt.reach.words_by_unit), MOST_READINGS)
    yield hunt.run(
        *(hunt.ask(UNIT, terms=list(map(_term, rest)), units=units) for rest, units in readings)
    )


def _companies(hunt: _Hunt) -> Any:
    if not hunt.reach.units:
        return hunt.reach.companies
    return select(Branch.company_id).where(Branch.id.in_(hunt.reach.units))


def _ending(hunt: _Hunt, found: Sequence[Hit], digits: str) -> list[Hit]:
    """Of those found by the last digits of a phone, only whose number ends in all of them."""
    near = [hit.id for hit in found if hit.rank == PHONE]
    phones = select(Worker.id, Worker.phone).where(Worker.id.in_(near))
    ends = {row.id for row in hunt.session.execute(phones) if (row.phone or "").endswith(digits)}
    return [hit for hit in found if hit.rank != PHONE or hit.id in ends]
