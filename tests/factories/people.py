"""A named cast: two companies of one park, with a few people each, as every story needs them."""

import functools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.actions.consent import record_consent
from app.accounts.actions.office import add_office_account, set_grants
from app.accounts.actions.secrets import choose_pin
from app.accounts.actions.tokens import issue_token
from app.accounts.models import Branch
from app.accounts.rules import BranchKind, Role
from app.extensions import hash_secret
from app.kernel.actors import program
from app.web.notice import NOTICE_VERSION
from app.workforce.actions.people import Particulars, add_worker
from app.workforce.actions.schedules import assign_pattern, pattern_named
from app.workforce.actions.sites import add_company, unit_named
from app.workforce.rules.shifts import Pattern, ShiftCode

STORY = program("test")
PIN = "480159"
SECRET = "mua-thu-ha-noi"
EVERY_DAY_CA1 = Pattern((ShiftCode.CA1,) * 7, date(2026, 11, 2))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast, with a token for calls."""

    id: str
    name: str
    badge: str
    token: str
    login: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(slots=True)
class Company:
    """A company of the cast: its branch ids and people by given name."""

    id: int
    code: str
    path: str
    lines: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)


@dataclass(slots=True)
class Cast:
    """The park with its two companies and the people above them."""

    park_id: int
    sao_bac: Company
    minh_tri: Company
    people: dict[str, Person]


def hash_of(secret: str) -> str:
    """The hash of a secret of the cast, worked out once for each node's pepper."""
    return _hash_of(secret, current_app.extensions["secrets"].pepper)


@functools.cache
def _hash_of(secret: str, _pepper: bytes) -> str:
    return hash_secret(secret)


def make_park(session: Session, now: datetime, *, name: str = "KCN Vân Trung") -> Branch:
    """The root of the tree."""
    return add_branch(session, None, BranchKind.PARK, "VTR", name)


def make_cast(session: Session, now: datetime) -> Cast:
    """Two companies, each with an officer (Hạnh, Khôi), a team member and line workers."""
    park = make_park(session, now)
    sao_bac = make_company(session, park, "SAOBAC", "Điện tử Sao Bắc", now)
    minh_tri = make_company(session, park, "MINHTRI", "Điện tử Minh Trí", now)
    line3 = make_line(session, sao_bac, "Chuyền 3", now)
    line7 = make_line(session, sao_bac, "Chuyền 7", now)
    line1 = make_line(session, minh_tri, "Chuyền 1", now)
    sao_bac.people = {
        "hoa": make_worker(session, line3, "SB-20417", "Nguyễn Thị Hoa", now, phone="0900000118"),
        "anh": make_worker(session, line3, "SB-20418", "Thân Thị Ngọc Ánh", now),
        "men": make_worker(session, line7, "SB-20733", "Giáp Thị Mến", now),
        "nhung": make_worker(session, line3, "SB-20001", "Vũ Thị Nhung", now),
        "hanh": make_officer(
            session, sao_bac.id, Role.SAFETY_OFFICER, "hanh", "Nguyễn Thị Hạnh", now
        ),
    }
    minh_tri.people = {
        "binh": make_worker(session, line1, "MT-00001", "Trần Văn Bình", now),
        "khoi": make_officer(
            session, minh_tri.id, Role.SAFETY_OFFICER, "khoi", "Đỗ Minh Khôi", now
        ),
    }
    set_grants(
        session,
        sao_bac.people["nhung"].id,
        [(Role.TEAM_MEMBER, sao_bac.lines["Chuyền 3"])],
        actor=STORY,
        now=now,
    )
    people = {
        "lam": make_officer(session, park.id, Role.PARK_MANAGER, "lam", "Trần Văn Lâm", now),
        "an": make_officer(session, park.id, Role.ADMIN, "an", "Phạm Quốc An", now),
    }
    return Cast(park.id, sao_bac, minh_tri, people)


def make_company(session: Session, park: Branch, code: str, name: str, now: datetime) -> Company:
    """A company with the customary hours."""
    branch = add_company(session, park, code, name, from_on=date(2026, 1, 1), actor=STORY, now=now)
    return Company(branch.id, code, branch.path)


def make_line(session: Session, company: Company, name: str, now: datetime) -> Branch:
    """A line of a company."""
    line = unit_named(session, session.get_one(Branch, company.id), BranchKind.LINE, name, now=now)
    company.lines[name] = line.id
    return line


def make_worker(
    session: Session,
    line: Branch,
    badge: str,
    name: str,
    now: datetime,
    *,
    phone: str | None = None,
    pattern: Pattern | None = EVERY_DAY_CA1,
    agreed: bool = True,
    pin: str | None = PIN,
) -> Person:
    """A worker of a line who works shift 1 every day, has agreed to the notice and chose a PIN."""
    worker_id = add_worker(
        session, line, Particulars(badge, name, phone=phone), actor=STORY, now=now
    )
    if pin:
        choose_pin(session, worker_id, hash_of(pin), actor=STORY, now=now)
    if agreed:
        record_consent(session, worker_id, NOTICE_VERSION, agreed=True, actor=STORY, now=now)
    if pattern is not None:
        company_id = int(line.company_id or 0)
        pattern_id = pattern_named(session, company_id, "Ca 1 cả tuần", pattern, now=now)
        from_on = (now - timedelta(days=30)).date()
        assign_pattern(
            session, company_id, [worker_id], pattern_id, from_on=from_on, actor=STORY, now=now
        )
    return _person(session, worker_id, name, badge, now)


def make_officer(
    session: Session, branch_id: int, role: Role, login: str, name: str, now: datetime
) -> Person:
    """An account of the office pages."""
    account_id = add_office_account(
        session,
        name=name,
        login=login,
        secret_hash=hash_of(SECRET),
        must_change=False,
        grants=[(role, branch_id)],
        actor=STORY,
        now=now,
    )
    return _person(session, account_id, name, "", now, login=login)


def _person(
    session: Session, account_id: str, name: str, badge: str, now: datetime, *, login: str = ""
) -> Person:
    token, _ = issue_token(
        session, account_id, device_id=f"phone of {name}", label="test", days=90, now=now
    )
    return Person(account_id, name, badge, token, login)
