"""Risk assessments of the demo: two of most companies by the national set, a month apart."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from fractions import Fraction
from random import Random

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.demo.actions.sites import Site
from app.demo.rules import DemoOrder, stream
from app.risk.actions.assessments import begin_assessment, save_assessment
from app.risk.queries.sets import SetShown, list_sets_in_force
from app.risk.rules.index_sets import Component, IndexSet, Measure
from app.risk.rules.records import Kept
from app.risk.rules.scoring import Answer, Basis, awarded, chosen, measured

SET = "qd2194"
DAYS_BEFORE = (36, 6)
AFTERNOON = time(15, 0)
NEVER_SCORED = 7  # every seventh company has not been assessed yet


def add_scores(session: Session, sites: Sequence[tuple[Site, int]], order: DemoOrder) -> None:
    """Assess companies, each given with its head count."""
    for place, (site, workers) in enumerate(sites, start=1):
        if place % NEVER_SCORED:
            chance = stream(order.seed, "risk", site.path)
            share = chance.choice((0.08, 0.18, 0.22, 0.26, 0.34, 0.42, 0.58))
            for days in DAYS_BEFORE:
                on = order.until - timedelta(days=days)
                _assess(session, site, workers, on, share, chance, order)
                share = max(0.05, share - 0.06)


def _assess(
    session: Session,
    site: Site,
    workers: int,
    on: date,
    share: float,
    chance: Random,
    order: DemoOrder,
) -> None:
    now = order.moment(on, AFTERNOON)
    shown = _set_of(session, on)
    id_ = begin_assessment(
        session,
        session.get_one(Branch, site.id),
        shown,
        on,
        today=on,
        actor=site.officer,
        now=now,
    )
    answers = {
        name: Kept(answer, workers if answer.basis is Basis.LIVE else None, None, now)
        for name, answer in _answers(shown.index_set, workers, share, chance).items()
    }
    save_assessment(session, id_, 0, answers, {}, "", actor=site.officer, now=now)


def _set_of(session: Session, on: date) -> SetShown:
    return next(each for each in list_sets_in_force(session, on) if each.index_set.id == SET)


def _answers(index_set: IndexSet, workers: int, share: float, chance: Random) -> dict[str, Answer]:
    """Points near a share of the maximum; maxima that nobody has read share what is left."""
    unread = [each for each in index_set.components if each.maximum is None]
    known = sum((each.maximum or Fraction(0) for each in index_set.components), Fraction(0))
    maxima = _split(int(index_set.max_points - known), len(unread))
    most = {each.id: Fraction(each_most) for each, each_most in zip(unread, maxima, strict=True)}
    return {
        each.id: _answer(each, most.get(each.id), workers, chance.gauss(share, 0.12))
        for each in index_set.components
    }


def _split(whole: int, parts: int) -> list[int]:
    return [whole // parts + (place < whole % parts) for place in range(parts)] if parts else []


def _answer(component: Component, maximum: Fraction | None, workers: int, share: float) -> Answer:
    if component.is_chosen and component.measure is Measure.WORKERS:
        return measured(component, Fraction(workers), Basis.LIVE)
    wanted = min(1.0, max(0.0, share))
    if component.is_chosen:
        places = range(len(component.options))
        near = min(places, key=lambda place: abs(_share(component, place) - wanted))
        return chosen(component, near)
    most = component.maximum or maximum or Fraction(1)
    return awarded(component, Fraction(round(wanted * float(most))), most)


def _share(component: Component, place: int) -> float:
    points, most = component.options[place].points, component.maximum
    return float((points or Fraction(0)) / (most or Fraction(1)))
