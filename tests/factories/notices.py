"""Notices as tests need them: written, let go, and brought as far as a story wants."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.kernel.actors import Actor, Grant, Role
from app.notices.actions.drafting import Draft, write_notice
from app.notices.actions.releasing import ask_to_send
from app.notices.actions.sending import begin_due
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.states import NoticeState
from app.notices.rules.wording import Severity, make_wording
from app.settings import Settings
from app.web.transaction import transact
from tests.factories.people import Cast, Person

TITLE = "Tạm dừng ca sáng xưởng B2"
TEXT = "Ở yên tại chỗ, chờ Tổ an toàn hướng dẫn. Gọi {hotline}."


def officer(cast: Cast, person: Person | None = None) -> Actor:
    """Hạnh, or another person, as a safety officer of Sao Bắc."""
    who = person or cast.sao_bac.people["hanh"]
    return Actor(who.id, who.name, (Grant(Role.SAFETY_OFFICER, cast.sao_bac.path),))


def manager(cast: Cast) -> Actor:
    """Lâm, the park's manager."""
    who = cast.people["lam"]
    return Actor(who.id, who.name, (Grant(Role.PARK_MANAGER, f"/{cast.park_id}/"),))


def draft_for(
    targets: Sequence[Target], now: datetime, *, text: str = TEXT, hours: float = 8
) -> Draft:
    """A draft with these receivers."""
    wording = make_wording(TITLE, text, "B2 stops this morning", "Stay where you are.")
    return Draft(wording, tuple(targets), Severity.SEVERE, now + timedelta(hours=hours))


def to_company(company_id: int) -> tuple[Target, ...]:
    """Everybody of a company."""
    return (Target(TargetKind.COMPANY, company_id),)


def make_notice(
    branch_id: int, targets: Sequence[Target], actor: Actor, now: datetime, *, text: str = TEXT
) -> str:
    """A written notice, still a draft."""

    def work(session: Session) -> str:
        draft = draft_for(targets, now, text=text)
        return write_notice(session, branch_id, draft, actor=actor, now=now)

    return transact(work)


def written_notice(session: Session, company_id: int, now: datetime) -> str:
    """A draft of a company for all of it."""
    path = session.get_one(Branch, company_id).path
    actor = Actor(None, "Nguyễn Thị Hạnh", (Grant(Role.SAFETY_OFFICER, path),))
    draft = draft_for(to_company(company_id), now)
    return write_notice(session, company_id, draft, actor=actor, now=now)


def settings_with(**changes: object) -> Settings:
    """The node's settings, changed."""
    return replace(current_app.config["SETTINGS"], **changes)  # type: ignore[arg-type]


def ask(notice_id: str, actor: Actor, now: datetime, *, seen: int = 1, **changes: object) -> str:
    """Ask for a notice to be sent; the state that came of it."""
    settings = settings_with(**changes)

    def work(session: Session) -> NoticeState:
        return ask_to_send(session, notice_id, seen=seen, settings=settings, actor=actor, now=now)

    return transact(work)


def begin(notice_id: str, now: datetime, **changes: object) -> bool:
    """The countdown ran out."""
    settings = settings_with(**changes)

    def work(session: Session) -> bool:
        return begin_due(session, notice_id, settings=settings, now=now)

    return transact(work)
