"""The demo is written in bulk, and yet it is what the real actions would have made."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, Credential, RoleGrant
from app.accounts.queries.signing_in import get_actor
from app.audit.models import AuditEntry
from app.checkins.actions.answers import record_check_in
from app.checkins.actions.duties import plan_duties
from app.checkins.actions.levels import accept_rules, clear_level, mark_absent
from app.checkins.models import (
    CheckIn,
    Clearance,
    Duty,
    HealthState,
    ShiftCount,
    SymptomCount,
)
from app.checkins.rules.requests import CheckInRequest
from app.demo.actions.park import ParkLoad
from app.demo.rules import Absent, Answered, Cleared, DemoOrder, PersonPlan
from app.demo.rules.order import PLANNED_AHEAD
from app.extensions import Model
from app.kernel.clock import local_day
from app.web.notice import NOTICE_VERSION
from app.workforce.models import Holiday, Leave, PatternAssignment, ShiftHours, Worker, WorkPattern
from tests.conftest import Node

Write = Callable[[Callable[[Session], Any]], Any]
SITE = (Branch, Account, RoleGrant, Credential, Worker, ShiftHours, WorkPattern)
WORK = (PatternAssignment, Leave, Holiday)
MADE = (Duty, CheckIn, ShiftCount, SymptomCount, HealthState, Clearance)
ACTS = ("checkins.answered_for", "checkins.marked_absent", "checkins.level_cleared")


def load(write: Write, order: DemoOrder) -> ParkLoad:
    """The demo in this database."""
    park = ParkLoad(order, 0, NOTICE_VERSION)
    write(lambda session: [step.work(session) for step in park.steps()])
    return park


def rows_of(session: Session, model: type[Model]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.execute(select(model.__table__))]


def made_by(session: Session) -> dict[str, Any]:
    """All that check-ins leave behind, without ids that are drawn anew each time."""
    answers = {
        row["id"]: (row["worker_id"], row["shift_on"], row["shift"], row["version"])
        for row in rows_of(session, CheckIn)
    }
    made: dict[str, Any] = {}
    for model in MADE:
        rows = rows_of(session, model)
        for row in rows:
            row.pop("id", None)
            if row.get("check_in_id"):
                row["check_in_id"] = answers[row["check_in_id"]]
        made[model.__tablename__] = sorted(rows, key=repr)
    acts = []
    for row in rows_of(session, AuditEntry):
        if row["act"] in ACTS:
            row.pop("id")
            if "check_in_id" in row["details"]:
                row["details"] = {"check_in_id": answers[row["details"]["check_in_id"]]}
            acts.append(row)
    return made | {"audit": sorted(acts, key=repr)}


def replay(session: Session, park: ParkLoad, settings: Any) -> Counter[str]:
    """Everything once more, by the real actions, one after the other in order of time."""
    order, deeds = park.order, []
    for each in park.company_loads():
        site = park.sites[each.company.code]
        teller = each.teller(site)
        deeds += plans(session, site.id, each.people, order)
        if each.company.accepted and each.company.accepted_at <= order.told_until:
            deeds.append(acceptance(session, site, each.company))
        for person in each.people:
            for act in teller.acts_of(person, teller.slots_of(person)):
                deeds.append(deed(session, person, act, site, settings))
    done: Counter[str] = Counter()
    for _, name, do in sorted(deeds, key=itemgetter(0)):
        do()
        done[name] += 1
    return done


def plans(
    session: Session, company_id: int, people: Sequence[PersonPlan], order: DemoOrder
) -> Iterable[tuple[Any, str, Callable[[], Any]]]:
    ids = [person.id for person in people]
    on = order.from_on
    while on <= order.planned_until:
        at = max(order.set_up_at, order.moment(on - PLANNED_AHEAD, order.now.min.time()))
        at = max(order.set_up_at, at + timedelta(minutes=10))
        yield at, "plan", lambda on=on, at=at: plan_duties(session, company_id, ids, on, on, now=at)
        on += timedelta(days=1)


def acceptance(session: Session, site: Any, company: Any) -> tuple[Any, str, Callable[[], Any]]:
    at = company.accepted_at
    branch = session.get_one(Branch, site.id)
    return (
        at,
        "accept",
        lambda: accept_rules(session, branch, company.accepted, actor=site.officer, now=at),
    )


def deed(
    session: Session, person: PersonPlan, act: Any, site: Any, settings: Any
) -> tuple[Any, str, Callable[[], Any]]:
    match act:
        case Answered():
            request = CheckInRequest(
                person.id,
                act.on,
                act.shift,
                act.answers,
                act.made_at,
                act.offset_ms,
                act.observed_at,
                act.source,
            )
            actor = replace(get_actor(session, act.by or person.id), device_id=act.device)
            return (
                act.at,
                f"answered {act.source}",
                lambda: record_check_in(
                    session, request, settings=settings, actor=actor, now=act.at
                ),
            )
        case Absent():
            actor = get_actor(session, act.by)
            return (
                act.at,
                "absent",
                lambda: mark_absent(
                    session, person.id, act.on, act.shift, act.reason, actor=actor, now=act.at
                ),
            )
        case Cleared():
            return (
                act.at,
                "cleared",
                lambda: clear_level(session, person.id, act.reason, actor=site.officer, now=act.at),
            )
        case _:
            return act.at, "other", lambda: None


def test_the_demo_is_what_the_real_actions_would_have_made(node: Node, write: Write) -> None:
    settings = node.app.config["SETTINGS"]
    now = node.clock.at + timedelta(hours=6)
    order = DemoOrder(110, 12, 4, local_day(now, settings.timezone), now, settings.timezone)
    park = load(write, order)
    told = write(made_by)
    kept = write(lambda session: [(model, rows_of(session, model)) for model in (*SITE, *WORK)])
    node.empty()
    write(lambda session: [session.execute(insert(m.__table__), rows) for m, rows in kept if rows])
    done = write(lambda session: replay(session, park, settings))
    assert {"answered phone", "answered other", "answered paper", "absent", "cleared"} <= set(done)
    assert any(row["clock_suspect"] for row in told["check_in"])
    assert {row["version"] for row in told["check_in"]} == {1, 2}
    assert {row["level"] for row in told["check_in"]} == {"green", "amber", "red"}
    assert {row["rules_proposed"] for row in told["check_in"]} == {True, False}
    replayed = write(made_by)
    for table, rows in told.items():
        assert replayed[table] == rows, table
