"""Workers and officers of a scratch node with tokens, and the commands that they will send."""

import json
import os
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import insert, select

from app.accounts.models import Account, Branch, Consent, DeviceToken, RoleGrant
from app.checkins.models import Duty
from app.extensions import db, token_digest
from app.factory import build_app
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.settings import Settings
from app.web.transaction import transact
from app.workforce.models import Worker
from benchmarks.node import ScratchNode, clean_environment

Given = TypeVar("Given")
ANSWERS = {
    "symptoms": [],
    "temperature_c": None,
    "exposures": {"contact_case": False, "contact_f1": False},
}


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody who has not answered for a shift yet."""

    worker_id: str
    token: str
    company: str
    badge: str
    shift_on: str
    shift: str


@dataclass(frozen=True, slots=True)
class Askers:
    """Who will send: workers for themselves, and one officer of each company (code)."""

    awaited: tuple[Awaited, ...]
    officers: dict[str, str]


def give_tokens(node: ScratchNode, most: int | None = None) -> Askers:
    """Tokens for everybody who is expected, or for so many of them, and for the officers."""
    return in_app(node, lambda now: _give(now, most))


def give_account_token(node: ScratchNode, login: str) -> str:
    """A device's token of an account of the office."""

    def give(now: datetime) -> str:
        rows: list[dict[str, Any]] = []
        found = db.session.scalars(select(Account.id).where(Account.login == login)).one()
        token = _token(rows, found, now)
        db.session.rollback()
        transact(lambda session: session.execute(insert(DeviceToken), rows))
        return token

    return in_app(node, give)


def once_each(awaited: Sequence[Awaited]) -> list[Awaited]:
    """Everybody's first shift, and after all of them the later ones."""
    seen, first, later = set[str](), list[Awaited](), list[Awaited]()
    for each in awaited:
        (later if each.worker_id in seen else first).append(each)
        seen.add(each.worker_id)
    return first + later


def give_device_tokens(
    node: ScratchNode, counts: Mapping[str, int]
) -> dict[str, tuple[str, list[str]]]:
    """By company (code): its officer's account, and tokens for that many devices."""
    return in_app(node, lambda now: _give_devices(counts, now))


def in_app(node: ScratchNode, work: Callable[[datetime], Given]) -> Given:
    """Do something inside a node's application, from outside its server."""
    environment = {**clean_environment(), **node.environment, "FLASK_RUN_FROM_CLI": "true"}
    settings = replace(Settings.from_environment(environment), scheduler=False)
    app = build_app(settings)
    try:
        with app.app_context():
            return work(SystemClock().now())
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["writer"].stop()


def _give(now: datetime, most: int | None) -> Askers:
    rows: list[dict[str, Any]] = []
    awaited = []
    company = {
        row.id: row.code for row in db.session.scalars(select(Branch)) if row.kind == "company"
    }
    expected = db.session.execute(
        select(Worker.id, Worker.company_id, Worker.badge, Duty.shift_on, Duty.shift)
        .join(Duty, Duty.worker_id == Worker.id)
        .join(Consent, (Consent.account_id == Worker.id) & Consent.agreed)
        .where(Duty.state == "expected", Duty.shift_on >= now.date())
        .order_by(Duty.shift_on, Worker.id)
        .limit(most)
    ).all()
    tokens: dict[str, str] = {}
    for worker_id, company_id, badge, shift_on, shift in expected:
        if worker_id not in tokens:
            tokens[worker_id] = _token(rows, worker_id, now)
        on = shift_on.isoformat()
        awaited.append(Awaited(worker_id, tokens[worker_id], company[company_id], badge, on, shift))
    officers = {code: _token(rows, officer, now) for code, officer in _officers().items()}
    db.session.rollback()
    transact(lambda session: session.execute(insert(DeviceToken), rows))
    return Askers(tuple(awaited), officers)


def _give_devices(counts: Mapping[str, int], now: datetime) -> dict[str, tuple[str, list[str]]]:
    rows: list[dict[str, Any]] = []
    officers = _officers()
    given = {
        code: (officers[code], [_token(rows, officers[code], now) for _ in range(count)])
        for code, count in counts.items()
    }
    db.session.rollback()
    transact(lambda session: session.execute(insert(DeviceToken), rows))
    return given


def _officers() -> dict[str, str]:
    """A safety officer's account for each company (code)."""
    found = db.session.execute(
        select(Branch.code, RoleGrant.account_id)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.role == "safety_officer", Branch.kind == "company")
    )
    return dict(found.tuples().all())


def _token(rows: list[dict[str, Any]], account_id: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    rows.append(
        {
            "id": new_id(now),
            "account_id": account_id,
            "device_id": f"bench-{os.getpid()}",
            "label": "benchmark",
            "token_hash": token_digest(token),
            "created_at": now,
            "expires_at": now + timedelta(days=90),
            "last_used_at": now,
            "revoked_at": None,
        }
    )
    return token


def body_of(each: Awaited, *, by_badge: bool) -> dict[str, Any]:
    """What a check-in of somebody says, for themselves or by an officer."""
    body = {
        "shift_on": each.shift_on,
        "shift": each.shift,
        "answers": ANSWERS,
        "rules": "workplace_2020@1",
    }
    return body | ({"badge": each.badge, "company": each.company} if by_badge else {})


def command(each: Awaited, *, by_badge: bool) -> dict[str, Any]:
    """A fresh check-in of somebody, for themselves or by an officer."""
    now = SystemClock().now()
    return {
        "key": new_id(now),
        "kind": "check_in",
        "made_at": now.isoformat(),
        "offset_ms": 0,
        "body": body_of(each, by_badge=by_badge),
    }


def write_single(awaited: Sequence[Awaited], path: Path) -> int:
    """Lines "token<TAB>body" with one check-in each; returns how many."""
    with path.open("w", encoding="utf-8") as file:
        for each in awaited:
            body = json.dumps({"commands": [command(each, by_badge=False)]})
            file.write(f"{each.token}\t{body}\n")
    return len(awaited)


def write_batches(askers: Askers, awaited: Sequence[Awaited], path: Path, size: int) -> int:
    """Lines with `size` check-ins of one company each, by its officer; returns how many lines."""
    by_company = defaultdict[str, list[Awaited]](list)
    for each in awaited:
        by_company[each.company].append(each)
    lines = 0
    with path.open("w", encoding="utf-8") as file:
        for code, people in _in_turns(by_company, size):
            commands = [command(each, by_badge=True) for each in people]
            file.write(f"{askers.officers[code]}\t{json.dumps({'commands': commands})}\n")
            lines += 1
    return lines


def _in_turns(
    by_company: dict[str, list[Awaited]], size: int
) -> Iterator[tuple[str, list[Awaited]]]:
    waiting = {code: iter(people) for code, people in by_company.items()}
    while waiting:
        for code in list(waiting):
            portion = list(islice(waiting[code], size))
            if len(portion) < size:
                del waiting[code]
            else:
                yield code, portion
