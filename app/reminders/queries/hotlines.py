"""The hotlines told to people: those the province sent, or else those of the data file."""

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reminders.models import HotlineList
from app.reminders.rules.hotlines import Hotline, read_hotlines

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class HotlinesInForce:
    """The list that holds on a day; `source` is empty for the one that came with the program."""

    rows: tuple[Hotline, ...]
    source: str = ""
    from_on: date | None = None


def hotline(session: Session, on: date) -> str:
    """The first hotline that holds on a day and has a source; empty when there is none."""
    rows = get_hotlines(session, on).rows
    return next((each.number for each in rows if each.may_be_told(on)), "")


def get_hotlines(session: Session, on: date) -> HotlinesInForce:
    """The newest list of the province that holds on a day, or the one of the data file."""
    sent = session.scalars(
        select(HotlineList)
        .where(HotlineList.valid_from_on <= on)
        .order_by(
            HotlineList.valid_from_on.desc(), HotlineList.made_at.desc(), HotlineList.id.desc()
        )
        .limit(1)
    ).first()
    if sent is None:
        return HotlinesInForce(built_in_hotlines())
    return HotlinesInForce(read_hotlines(sent.rows), sent.source, sent.valid_from_on)


@functools.cache
def built_in_hotlines() -> tuple[Hotline, ...]:
    """The hotlines that came with the program."""
    return read_hotlines(built_in_rows())


@functools.cache
def built_in_rows() -> Sequence[dict[str, str]]:
    """The rows of the data file, as a list of the province has them."""
    with (DATA / "hotlines.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
