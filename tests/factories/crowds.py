"""Very many people at once, with phones that take text messages and no device of their own."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.rules import badge_key
from app.delivery.models import ContactPoint
from app.extensions import blind_index
from app.kernel.ids import new_id
from app.kernel.text import fold
from app.workforce.models import Worker

CHUNK = 5_000


def add_people(
    session: Session, company_id: int, line_ids: list[int], count: int, now: datetime
) -> None:
    """So many workers of a company, over its lines in turn."""
    for first in range(0, count, CHUNK):
        rows = [
            _person(company_id, line_ids, n, now) for n in range(first, min(first + CHUNK, count))
        ]
        session.execute(
            insert(Account),
            [{"id": row["id"], "name": row["name"], "created_at": now} for row in rows],
        )
        session.execute(insert(Worker), rows)
        session.execute(
            insert(ContactPoint), [_phone(row["id"], n, now) for n, row in enumerate(rows, first)]
        )


def _person(company_id: int, line_ids: list[int], n: int, now: datetime) -> dict[str, Any]:
    name, badge = f"Nguyễn Văn Số {n}", f"X-{n:06d}"
    return {
        "id": new_id(now),
        "company_id": company_id,
        "branch_id": line_ids[n % len(line_ids)],
        "badge": badge,
        "badge_key": badge_key(badge),
        "name": name,
        "name_folded": fold(name),
        "updated_at": now,
    }


def _phone(person_id: str, n: int, now: datetime) -> dict[str, Any]:
    number = f"849{n:08d}"
    return {
        "id": new_id(now),
        "person_id": person_id,
        "channel": "phone",
        "address": number,
        "address_hash": blind_index(number),
        "state": "unknown",
        "state_at": now,
    }
