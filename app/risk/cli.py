"""Commands about the risk index: the score of an assessment in a file."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.extensions import db
from app.risk.forms.score_file import LARGEST_BYTES, answers_of, read_score_file, stated_of
from app.risk.queries.sets import get_set_named
from app.risk.rules.changes import OutOfReach, Plan, cheapest_plans, possible_changes
from app.risk.rules.index_sets import IndexSet, written
from app.risk.rules.refusals import SetNotInForce
from app.risk.rules.scoring import Answer, Score, score
from app.web.commands import shell_command
from app.web.present import today

risk_cli = AppGroup("risk", help="Risk of infection at work.")


@risk_cli.command("score")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@shell_command
def score_file(file: Path) -> dict[str, Any]:
    """Points, percent and band of an assessment in a YAML or JSON file, and what would mend it."""
    with file.open("rb") as opened:
        found = read_score_file(opened.read(LARGEST_BYTES + 1))
    on = found.on or today()
    chosen_set = found.own_set or get_set_named(db.session(), found.set_id, on)
    if chosen_set.valid_from_on > on:
        raise SetNotInForce(from_on=chosen_set.valid_from_on)
    answers = answers_of(found, chosen_set)
    result = score(chosen_set, answers)
    changes = possible_changes(chosen_set, answers, stated_of(found, chosen_set))
    return {
        "index_set": chosen_set.id,
        "version": chosen_set.version,
        "on": on.isoformat(),
        "points": _plain(result.points),
        "max_points": _plain(result.max_points),
        "pct": float(result.shown_pct),
        "pct_exact": written(result.pct),
        **_band(result),
        "components": [_component(chosen_set, name, answers[name]) for name in answers],
        "cheapest": [_plan(each) for each in cheapest_plans(chosen_set, answers, changes)],
    }


def _band(result: Score) -> dict[str, Any]:
    return {
        "band": result.band.id,
        "band_vi": result.band.vi,
        "band_en": result.band.en,
        "order_vi": result.band.order_vi,
        "order_evidence": result.band.order_evidence,
        "condition_met": result.condition_met,
        "evidence": result.evidence,
    }


def _component(chosen_set: IndexSet, name: str, answer: Answer) -> dict[str, Any]:
    component = chosen_set.find_component(name)
    return {
        "id": name,
        "points": _plain(answer.points),
        "max": _plain(answer.maximum),
        "basis": answer.basis,
        "evidence": component.evidence if component else None,
    }


def _plan(plan: Plan | OutOfReach) -> dict[str, Any]:
    told = {"band": plan.band.id, "points": _plain(plan.points), "pct_exact": written(plan.pct)}
    if isinstance(plan, OutOfReach):
        return told | {"reachable": False}
    changes = [{"id": c.component_id, "points": _plain(c.points)} for c in plan.changes]
    return told | {"reachable": True, "effort": plan.effort, "changes": changes}


def _plain(value: Fraction) -> int | str:
    """A whole number, else its exact text."""
    return value.numerator if value.denominator == 1 else written(value)
