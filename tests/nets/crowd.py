"""One person of every role, own company's and another's, and a thing of every kind to point at."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts.actions.office import set_grants
from app.accounts.actions.sessions import open_web_session
from app.accounts.models import Branch, DeviceToken, WebSession
from app.accounts.rules import Role
from app.cases.models import CaseTask, FollowUpCase
from app.checkins.actions.hand_over import leave_note
from app.checkins.models import AnswerSheet
from app.delivery.models import ContactPoint, Delivery, Message
from app.feedback.models import Feedback
from app.gate.models import KioskReturn
from app.intake.models import IntakeItem
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.reminders.models import ReminderSchedule
from app.workforce.models import (
    DataRequest,
    GroupChange,
    Holiday,
    Leave,
    PlannedChange,
    RosterImport,
    Worker,
    WorkerMerge,
    WorkGroup,
    WorkPattern,
)
from tests.factories.alerts import written_alert
from tests.factories.bulletins import written_bulletin, written_rules
from tests.factories.kiosk import make_kiosk
from tests.factories.notices import written_notice
from tests.factories.people import (
    STORY,
    Company,
    Person,
    make_cast,
    make_officer,
    make_worker,
)
from tests.factories.retention import make_breach
from tests.factories.risk import make_assessment, make_finding, make_own_set

OTHERS = {
    "worker of another company": "worker",
    "team_member of another company": "team_member",
    "safety_officer of another company": "safety_officer",
    "gate of another company": "gate",
}
IMPORT_COUNTS = (
    *("rows", "created", "updated", "leaving", "only_leaving", "unchanged", "already_left"),
    *("left_out", "not_in_file", "ready", "fixed", "check", "must_fix"),
    *("without_shift", "without_unit"),
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """People by role; `secret_words` are what nobody of another company may read."""

    people: dict[str, Person]
    sessions: dict[str, str]
    things: dict[str, Any]
    of_officer: dict[str, str]
    secret_words: tuple[str, ...]
    company_id: int
    company_code: str


def make_crowd(session: Session, now: datetime) -> Crowd:
    """The cast with a person of every role, each signed in."""
    cast = make_cast(session, now)
    own, other = cast.sao_bac, cast.minh_tri

    def officer(branch_id: int, role: Role, login: str) -> Person:
        return make_officer(session, branch_id, role, login, f"Người {login}", now)

    people = {
        "worker": own.people["hoa"],
        "team_member": own.people["nhung"],
        "safety_officer": own.people["hanh"],
        "gate": officer(own.id, Role.GATE, "cong-sb"),
        "worker of another company": other.people["binh"],
        "team_member of another company": team_member_of(session, other, now),
        "safety_officer of another company": other.people["khoi"],
        "gate of another company": officer(other.id, Role.GATE, "cong-mt"),
        "park_manager": cast.people["lam"],
        "admin": cast.people["an"],
        "province_staff": officer(cast.park_id, Role.PROVINCE_STAFF, "tinh"),
    }
    sessions = {
        role: open_web_session(session, person.id, now=now) for role, person in people.items()
    }
    words = tuple(
        word
        for person in own.people.values()
        for word in (person.name, person.badge)
        if word and word not in {p.name for p in other.people.values()}
    )
    return Crowd(
        people,
        sessions,
        things_of(session, own.people["hoa"], own.id, now),
        devices_of(session, own.people["hanh"].id),
        words,
        own.id,
        own.code,
    )


def team_member_of(session: Session, company: Company, now: datetime) -> Person:
    """A worker of the company's first line who answers for the others on it."""
    name, line_id = next(iter(company.lines.items()))
    line = session.get_one(Branch, line_id)
    person = make_worker(session, line, "MT-00002", f"Tổ viên {name}", now)
    set_grants(session, person.id, [(Role.TEAM_MEMBER, line_id)], actor=STORY, now=now)
    return person


def delivery_left(session: Session, person_id: str, message_id: str, now: datetime) -> str:
    """The message as it went to one person."""
    delivery_id = new_id(now)
    session.execute(
        insert(Delivery).values(
            id=delivery_id,
            message_id=message_id,
            person_id=person_id,
            channel="in_app",
            status="sent",
            lane="normal",
            locale="vi",
            values={},
            created_at=now,
            sent_at=now,
            expires_at=now,
        )
    )
    return delivery_id


def things_of(session: Session, hoa: Person, company_id: int, now: datetime) -> dict[str, Any]:
    """What the parts of addresses may name, all of one company, most of it Hoa's."""
    leave_id = new_id(now)
    days = {"from_on": date(2026, 12, 1), "to_on": date(2026, 12, 2)}
    session.execute(insert(Leave).values(id=leave_id, worker_id=hoa.id, reason="", **days))
    holiday = session.execute(
        insert(Holiday)
        .values(branch_id=company_id, on=date(2026, 12, 24), name="Nghỉ")
        .returning(Holiday.id)
    ).scalar_one()
    import_id = new_id(now)
    session.execute(
        insert(RosterImport).values(
            id=import_id,
            company_id=company_id,
            file_name="danh-sach.xlsx",
            state="staged",
            counts=dict.fromkeys(IMPORT_COUNTS, 0),
            created_at=now,
            touched_at=now,
        )
    )
    pattern = session.scalars(
        select(WorkPattern.id).where(WorkPattern.company_id == company_id)
    ).first()
    schedule_id, message_id = new_id(now), new_id(now)
    told = {"texts": {"vi": "Rửa tay trước khi ăn."}, "company_id": company_id}
    session.execute(
        insert(ReminderSchedule).values(
            id=schedule_id,
            name="Rửa tay",
            template="own",
            audience="worker",
            anchor="shift_start",
            offset_minutes=0,
            weekdays=[0],
            shifts=["ca1"],
            updated_at=now,
            **told,
        )
    )
    session.execute(
        insert(Message).values(
            id=message_id,
            kind="reminder",
            lane="normal",
            created_at=now,
            not_before=now,
            expires_at=now,
            planned_at=now,
            **told,
        )
    )
    session.execute(
        insert(Delivery).values(
            id=new_id(now),
            message_id=message_id,
            person_id=hoa.id,
            channel="paper",
            status="sent",
            lane="normal",
            created_at=now,
            expires_at=now,
        )
    )
    sheet_id = new_id(now)
    session.execute(
        insert(AnswerSheet).values(
            id=sheet_id,
            company_id=company_id,
            branch_id=session.get_one(Worker, hoa.id).branch_id,
            shift_on=date(2026, 11, 24),
            shift="ca1",
            read_at=now,
            lines="[]",
        )
    )
    group = session.scalars(select(WorkGroup.id).where(WorkGroup.company_id == company_id)).first()
    other_id = session.scalars(
        select(Worker.id)
        .where(Worker.company_id == company_id, Worker.id != hoa.id)
        .order_by(Worker.badge)
    ).first()
    merge_id = session.execute(
        insert(WorkerMerge)
        .values(
            company_id=company_id,
            kept_id=hoa.id,
            gone_id=other_id,
            at=now,
            merged_by="Nguyễn Thị Hạnh",
            undone_at=now,
        )
        .returning(WorkerMerge.id)
    ).scalar_one()
    change_id = new_id(now)
    session.execute(
        insert(PlannedChange).values(
            id=change_id,
            company_id=company_id,
            worker_id=hoa.id,
            kind="leave",
            from_on=date(2026, 12, 24),
            asked_by="Nguyễn Thị Hạnh",
            asked_at=now,
            outcome="",
        )
    )
    act_id = new_id(now)
    session.execute(
        insert(GroupChange).values(
            id=new_id(now),
            act_id=act_id,
            company_id=company_id,
            group_id=str(group),
            on=date(2026, 11, 24),
            at=now,
            steps={
                "begun": [],
                "ended": [],
                "dropped": [],
                "old_name": None,
                "closed": False,
                "made": False,
            },
        )
    )
    kiosk = make_kiosk(session, company_id, now)
    return_key = new_id(now)
    session.execute(
        insert(KioskReturn).values(
            key=return_key,
            account_id=kiosk.id,
            company_id=company_id,
            badge=hoa.badge,
            code="accounts.wrong_credentials",
            made_at=now,
            received_at=now,
        )
    )
    case_id, task_id = make_open_case(session, hoa, company_id, now)
    request_id = new_id(now)
    session.execute(
        insert(DataRequest).values(
            id=request_id,
            worker_id=hoa.id,
            company_id=company_id,
            kind="correct",
            text="Sai ngày sinh",
            made_at=now,
            received_at=now,
            due_on=date(2026, 11, 26),
            rule_version=1,
            state="open",
            noted_by="",
        )
    )
    return {
        "channel": "sms_http",
        "rule_code": "answers",
        "breach_id": make_breach(session, now),
        "bulletin_id": written_bulletin(session, now),
        "document_id": written_rules(session, now),
        "bulletin": uuid4(),
        "version": 1,
        "channel_key": "0" * 32,
        "secret": "0" * 30,
        "case_id": case_id,
        "task_id": task_id,
        "request_id": request_id,
        "feedback_id": make_passed_note(session, hoa, company_id, now),
        "kiosk_id": kiosk.id,
        "return_key": return_key,
        "worker_id": hoa.id,
        "other_id": str(other_id),
        "merge_id": str(merge_id),
        "leave_id": leave_id,
        "change_id": change_id,
        "holiday_id": str(holiday),
        "pattern_id": str(pattern),
        "import_id": import_id,
        "assessment_id": make_assessment(session, company_id, now),
        **make_finding(session, company_id, now),
        "set_id": make_own_set(session, now),
        "group_id": str(group),
        "act_id": act_id,
        "schedule_id": schedule_id,
        "notice_id": written_notice(session, company_id, now),
        "alert_id": written_alert(session, now),
        "received_id": new_id(now),
        "message_id": message_id,
        "point_id": str(
            session.scalar(select(ContactPoint.id).where(ContactPoint.person_id == hoa.id))
        ),
        "delivery_id": delivery_left(session, hoa.id, message_id, now),
        "sheet_id": sheet_id,
        "note_id": note_left(session, hoa, company_id, now),
        "node": new_id(now),
        "item_id": make_item(session, now),
        "filename": "css/tokens.css",
        "joined_digest": "0123456789abcdef",
        "joined_name": "worker.css",
        "file_id": new_id(now),
        "company_code": session.get_one(Branch, company_id).code,
        **devices_of(session, hoa.id),
    }


def make_open_case(
    session: Session, hoa: Person, company_id: int, now: datetime
) -> tuple[str, str]:
    """A case of Hoa's with a test to be done."""
    case_id, test_id = new_id(now), new_id(now)
    session.execute(
        insert(FollowUpCase).values(
            id=case_id,
            worker_id=hoa.id,
            company_id=company_id,
            state="new",
            level="red",
            origin="rule",
            opened_at=now,
            opened_by="An Ca",
            owner_name="",
            due_at=now,
            due_step="test",
            touched_at=now,
            version=1,
            follow_from_on=date(2026, 11, 24),
            follow_days=7,
            follow_rule="follow_up@1",
        )
    )
    session.execute(
        insert(CaseTask).values(
            id=test_id,
            case_id=case_id,
            kind="test",
            state="open",
            due_at=now,
            rule="follow_up@1",
            asked_at=now,
            asked_by="An Ca",
            note="",
            over_by="",
        )
    )
    return case_id, test_id


def make_passed_note(session: Session, hoa: Person, company_id: int, now: datetime) -> str:
    """A note of Hoa's that was passed on to the park, so that every level may read it."""
    note_id = new_id(now)
    session.execute(
        insert(Feedback).values(
            id=note_id,
            source="app",
            branch_id=session.get_one(Worker, hoa.id).branch_id,
            company_id=company_id,
            worker_id=hoa.id,
            category="canteen",
            text="Ngồi sát nhau ở nhà ăn",
            noted_by="",
            created_on=date(2026, 11, 24),
            received_at=now,
            state="passed_on",
            level="park",
            owner_name="",
            due_on=date(2026, 11, 27),
            version=1,
        )
    )
    return note_id


def make_item(session: Session, now: datetime) -> str:
    """Feedback that a park passed on, as it lies at a province."""
    item_id = new_id(now)
    content = {
        "text": "Ngồi sát nhau ở nhà ăn",
        "reason": "",
        "source": "app",
        "company": {"code": "X", "name": "X"},
    }
    session.execute(
        insert(IntakeItem).values(
            id=item_id,
            node=new_id(now),
            kind="feedback",
            ref=item_id,
            company_code="X",
            category="canteen",
            level="",
            content=json.dumps(content),
            content_seq=1,
            park_state="passed_on",
            state_seq=1,
            state="new",
            owner_name="",
            came_on=date(2026, 11, 24),
            due_at=now,
            version=1,
        )
    )
    return item_id


def note_left(session: Session, author: Person, company_id: int, now: datetime) -> str:
    """A note to the next shift of the whole company."""
    actor, on = Actor(author.id, author.name), date(2026, 11, 24)
    return leave_note(session, company_id, company_id, on, "ca1", "Gọi lại", actor=actor, now=now)


def devices_of(session: Session, account_id: str) -> dict[str, str]:
    """An account with one of its tokens and sessions."""
    token = session.scalars(
        select(DeviceToken.id).where(DeviceToken.account_id == account_id)
    ).first()
    web = session.scalars(select(WebSession.id).where(WebSession.account_id == account_id)).first()
    return {"account_id": account_id, "token_id": str(token), "session_id": str(web)}


def address_values(crowd: Crowd, arguments: set[str]) -> dict[str, Any]:
    """Values for the parts of an address; an account named in it brings its own devices."""
    things = crowd.things | crowd.of_officer if "account_id" in arguments else crowd.things
    unknown = arguments - set(things)
    if unknown:
        raise LookupError(f"tests/nets/crowd.py: things_of() does not know {sorted(unknown)}")
    return {name: things[name] for name in arguments}


def is_still_signed_in(session: Session, crowd: Crowd) -> bool:
    """Whether Hoa's token and session still stand."""
    token = session.get_one(DeviceToken, crowd.things["token_id"])
    web = session.get_one(WebSession, crowd.things["session_id"])
    return token.revoked_at is None and web.ended_at is None
