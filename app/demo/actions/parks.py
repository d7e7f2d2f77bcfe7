"""Demo parks of a province: each entry is signed by its park and comes in by the usual door."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.rules import Actor
from app.demo.rules.parks import (
    SHIFTS,
    ParkPlan,
    ProvinceOrder,
    Told,
    missing_codes,
    park_tells,
    shift_figures,
)
from app.kernel.actors import program
from app.sync.actions.enrolment import accept_park, invite_park
from app.sync.actions.park_phones import keep_park_phone
from app.sync.actions.receiving import receive_entries
from app.sync.gateways.keyring import opened
from app.sync.gateways.signing import new_box_key, new_sign_key, public_part, sign
from app.sync.queries.keyrings import park_keyring
from app.sync.rules import (
    EnrolmentRequest,
    Head,
    UpKind,
    day_summary,
    entry_payload,
    head_after,
    is_news,
    shift_summary,
)
from app.workforce.rules.shifts import ShiftCode

DEMO = program("demo")
UNDER_WAY = timedelta(seconds=40)
SHOWN_AT_ONCE = timedelta(days=3)
Body = Mapping[str, Any]


@dataclass(slots=True)
class _Writer:
    """One park's end of the wire: its key, its log, and what it has told of each shift."""

    plan: ParkPlan
    order: ProvinceOrder
    node: str
    key: dict[str, Any]
    head: Head = field(default_factory=lambda: Head(0, ""))
    bodies: dict[tuple[date, ShiftCode | None], list[Body]] = field(default_factory=dict)

    def write(self, told: Told) -> str | None:
        """The signed entry of what is told; None where it would say nothing new."""
        at = told.at + self.plan.ahead
        earlier = self.bodies.setdefault((told.on, told.shift), [])
        body = self._total(told, at) if told.shift is None else self._shift(told, told.shift, at)
        if not is_news(earlier[-1] if earlier else None, body):
            return None
        earlier.append(body)
        payload = entry_payload(
            self.head, node=self.node, kind=UpKind.SUMMARY, made_at=at, body=body, to=None
        )
        compact = sign(payload, self.key)
        self.head = head_after(self.head, compact)
        return compact

    def _shift(self, told: Told, shift: ShiftCode, at: datetime) -> Body:
        starts, ends = SHIFTS[shift]
        return shift_summary(
            on=told.on,
            shift=shift,
            starts_at=self.order.moment(told.on, starts),
            ends_at=self.order.moment(told.on, ends),
            final=told.final,
            as_of=at,
            figures=shift_figures(self.plan, self.order, told.on, shift, told.later),
            missing=missing_codes(self.plan),
            earlier=self.bodies[told.on, shift],
        )

    def _total(self, told: Told, at: datetime) -> Body:
        told_of = [shift for shift in SHIFTS if (told.on, shift) in self.bodies]
        return day_summary(
            on=told.on,
            final=told.final,
            as_of=at,
            shifts=[self.bodies[told.on, shift][-1] for shift in told_of],
            revision=len(self.bodies[told.on, None]) + 1,
        )


def load_park(session: Session, plan: ParkPlan, order: ProvinceOrder) -> int:
    """Enrol one park and take in all that it told; how many entries came."""
    enrolled_at = order.now - timedelta(days=order.days + 1)
    writer = _Writer(plan, order, *_enrolled(session, plan, enrolled_at))
    keep_park_phone(session, writer.node, plan.phone, actor=DEMO, now=enrolled_at)
    count = 0
    for came_at, compacts in _calls(writer):
        verified, stopped_by = opened(park_keyring(session, writer.node), compacts)
        if stopped_by is not None:
            raise stopped_by
        received = receive_entries(session, writer.node, verified, now=came_at, version="demo")
        count += received.accepted
    return count


def _enrolled(session: Session, plan: ParkPlan, now: datetime) -> tuple[str, dict[str, Any]]:
    actor: Actor = DEMO
    code, _expires_at = invite_park(session, plan.name, actor=actor, now=now)
    key = new_sign_key()
    asked = EnrolmentRequest(code, plan.name, public_part(key), public_part(new_box_key()))
    return accept_park(session, asked, now=now)["node"], key


def _calls(writer: _Writer) -> Iterator[tuple[datetime, Sequence[str]]]:
    """Entries by the call that brings them: of late each at once, long ago a day together."""
    newest = writer.order.now - SHOWN_AT_ONCE
    told = park_tells(writer.plan, writer.order)
    for _key, some in groupby(told, key=lambda each: each.at if each.at > newest else each.on):
        group = list(some)
        compacts = [compact for each in group if (compact := writer.write(each)) is not None]
        if compacts:
            yield group[-1].at + UNDER_WAY, compacts
