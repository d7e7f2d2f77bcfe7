"""Companies in order with their reasons: what a page, a report and a digest have in common."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.dashboards.queries.compliance import Compliance, get_compliance, sum_period
from app.dashboards.queries.tallies import sum_records
from app.dashboards.rules.measures import OF_HEALTH, Measure, Tally
from app.dashboards.rules.periods import Period
from app.dashboards.rules.ranking import Ranked, Sums, ranked
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at; to whom is `outside`, small companies tell nothing of health."""

    companies: Sequence[Branch]
    period: Period
    than: Period
    measure: Measure
    shift: str | None
    outside: bool

    @property
    def ids(self) -> list[int]:
        """The companies' branch ids."""
        return [company.id for company in self.companies]


def get_standing(
    session: Session, asked: Asked, *, settings: Settings, now: datetime
) -> Compliance:
    """How the companies stood, day by day."""
    return get_compliance(
        session,
        asked.companies,
        asked.period.days,
        settings=settings,
        now=now,
        measure=asked.measure,
        shift=asked.shift,
        outside=asked.outside,
    )


def list_ranked(
    session: Session, asked: Asked, found: Compliance, *, settings: Settings, now: datetime
) -> list[Ranked]:
    """The companies in order, with reasons out of every measure."""
    hidden = small_companies(asked, found, settings)
    sums = sum_records(
        session, asked.ids, asked.period.from_on, asked.period.to_on, asked.shift, now=now
    )
    on_time = sum_period(session, asked.ids, asked.period, Measure.ON_TIME, asked.shift, now=now)
    told = {
        company_id: Sums(
            {
                Measure.ON_TIME: on_time.get(company_id, Tally()),
                **{
                    measure: tally
                    for measure, tally in sums.get(company_id, {}).items()
                    if not (company_id in hidden and measure in OF_HEALTH)
                },
            }
        )
        for company_id in asked.ids
    }
    before = sums_before(session, asked, hidden, now=now)
    return ranked(found.companies, told, before, asked.measure)


def sums_before(
    session: Session, asked: Asked, hidden: Collection[int] = (), *, now: datetime
) -> dict[int, Tally]:
    """What the companies came to in the period that is compared with."""
    sums = sum_period(session, asked.ids, asked.than, asked.measure, asked.shift, now=now)
    if asked.measure in OF_HEALTH:
        return {each: tally for each, tally in sums.items() if each not in hidden}
    return sums


def small_companies(asked: Asked, found: Compliance, settings: Settings) -> set[int]:
    """Companies too small to tell whoever stands outside anything of health."""
    if not asked.outside:
        return set()
    return {each.id for each in found.companies if each.workers < settings.small_cell}
