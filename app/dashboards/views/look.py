"""What a page of compliance looks at, as its address says: companies, days, shift and measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import current_app, request
from flask_babel import gettext as _

from app.accounts.queries.branches import find_company, find_park, list_companies
from app.accounts.rules import Permission, branches_for, may
from app.checkins.forms import parse_day
from app.dashboards.queries.compliance import Compliance
from app.dashboards.queries.rankings import Asked, get_standing, list_ranked
from app.dashboards.queries.tallies import get_reach
from app.dashboards.rules.measures import Measure, target_of
from app.dashboards.rules.periods import USUAL_DAYS, Period, period_of
from app.dashboards.rules.ranking import Ranked
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import Settings
from app.web.access import current_actor
from app.web.words import SHIFTS

if TYPE_CHECKING:
    from app.accounts.models import Branch


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at; `for_park` is somebody who stands outside the companies."""

    title: str
    for_park: bool
    companies: Sequence["Branch"]
    period: Period
    than: Period
    measure: Measure
    shift: str | None
    today: date
    now: datetime

    @property
    def span(self) -> tuple[date, ...]:
        """The days, oldest first."""
        return self.period.days

    @property
    def is_today(self) -> bool:
        """Whether the last day is today."""
        return self.period.to_on == self.today

    @property
    def target(self) -> float:
        """The share that is asked for."""
        return target_of(self.measure)

    @property
    def address(self) -> dict[str, str]:
        """The values of an address that looks at the same."""
        given = {
            "from": self.period.from_on.isoformat(),
            "to": self.period.to_on.isoformat(),
            "measure": "" if self.measure is Measure.ANSWERED else self.measure.value,
            "shift": self.shift or "",
        }
        return {name: value for name, value in given.items() if value}


def look_at(company_code: str | None = None) -> Look:
    """What the address asks for, limited to the companies of one's own reach."""
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    today = local_day(now, settings.timezone)
    actor = current_actor()
    companies = list_companies(db.session(), branches_for(actor, Permission.SEE_COMPLIANCE))
    park = find_park(db.session())
    for_park = park is not None and may(actor, Permission.SEE_COMPLIANCE, park.path)
    title = park.name if park and for_park else ", ".join(each.name for each in companies)
    if company_code is not None:
        own = find_company(db.session(), company_code)
        companies = [each for each in companies if own is not None and each.id == own.id]
        title = companies[0].name
    period = _period(today)
    than = request.args.get("than", "")
    shift = request.args.get("shift", "")
    measure = request.args.get("measure", "")
    return Look(
        title=title,
        for_park=for_park,
        companies=companies,
        period=period,
        than=period.ending(_compared(than, period, today)) if than else period.before,
        measure=Measure(measure) if measure in set(Measure) else Measure.ANSWERED,
        shift=shift if shift in SHIFTS else None,
        today=today,
        now=now,
    )


def _period(today: date) -> Period:
    count = request.args.get("days", "")
    days = int(count[:4]) if count.isascii() and count.isdecimal() else USUAL_DAYS
    to_on = parse_day(request.args.get("to") or "today", today, "/to")
    given = request.args.get("from")
    from_on = parse_day(given, today, "/from") if given else None
    return period_of(from_on, to_on, days, today)


def _compared(than: str, period: Period, today: date) -> date:
    """The last day of the period compared with: never of the future, never before all days."""
    return period_of(None, parse_day(than, today, "/than"), len(period.days), today).to_on


def asked_by(look: Look) -> Asked:
    """What the queries are asked for."""
    return Asked(
        look.companies, look.period, look.than, look.measure, look.shift, outside=look.for_park
    )


def found_by(look: Look) -> Compliance:
    """How the companies stood."""
    settings: Settings = current_app.config["SETTINGS"]
    return get_standing(db.session(), asked_by(look), settings=settings, now=look.now)


def ranked_by(look: Look, found: Compliance) -> list[Ranked]:
    """The companies in order, with reasons out of every measure."""
    settings: Settings = current_app.config["SETTINGS"]
    return list_ranked(db.session(), asked_by(look), found, settings=settings, now=look.now)


def measure_words(look: Look) -> str:
    """What the measure is a part of, in one sentence or two."""
    texts = {
        Measure.ANSWERED: _("Tính trên người đi làm, không kể người vắng."),
        Measure.ON_TIME: _("Khai báo trước giờ vào ca, tính trên người đi làm."),
        Measure.ZERO: _(
            "Ca không có ai Theo dõi hay Nguy cơ, tính trên số ca đã có báo cáo chốt. "
            "Im lặng không phải là báo cáo không."
        ),
        Measure.DELIVERED: _(
            "Lời nhắc đã đến máy, tính trên số cần gửi; người khai báo trước thì không cần nhắc."
        ),
        Measure.READ: _(
            "Lời nhắc đã đọc, tính trên số cần gửi; người khai báo trước thì không cần nhắc."
        ),
        Measure.TEAMS: _("Chuyền đủ người trong Tổ an toàn, tính trên số chuyền cần có tổ."),
        Measure.FOLLOWED: _("Hồ sơ theo dõi chưa quá hạn, tính trên số hồ sơ đang mở mỗi ngày."),
    }
    if look.measure is not Measure.FINAL:
        return str(texts[look.measure])
    if get_reach(db.session()).enrolled:
        return str(_("Ca có báo cáo chốt mà tỉnh đã nhận, tính trên số ca đã qua giờ chốt."))
    return str(
        _("Ca đã lập báo cáo chốt, tính trên số ca đã qua giờ chốt; máy này chưa nối với tỉnh.")
    )
