"""One assessment: what it came to, and the form by which it is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import Refusal
from app.risk.actions.assessments import save_assessment
from app.risk.forms.assessment import (
    EFFORTS,
    TypedForm,
    field_name,
    live_option,
    read_form,
    typed_of,
)
from app.risk.queries.assessments import (
    Assessment,
    Version,
    find_assessment_path,
    get_assessment,
    list_results,
    trend_of,
)
from app.risk.queries.figures import Figures, get_figures
from app.risk.rules.changes import OutOfReach, Plan, cheapest_plans, possible_changes
from app.risk.rules.records import Difference, Kept, differences, with_figures
from app.risk.rules.refusals import MaximaDoNotAddUp, SavedMeanwhile
from app.risk.views.frame import now_here, risk_pages
from app.web.access import access, current_actor, locates
from app.web.language import current_language
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

locates("assessment_id")(find_assessment_path)


@dataclass(frozen=True, slots=True)
class Step:
    """A version and what it changed against the one before."""

    version: Version
    changed: Sequence[Difference]


@risk_pages.get("/<assessment_id>")
@access(Permission.ASSESS_RISK, of="assessment_id")
def show_assessment(assessment_id: str) -> ResponseReturnValue:
    assessment = get_assessment(db.session(), assessment_id)
    earlier = list_results(db.session(), assessment.branch_id)
    return render_template(
        "risk/show_assessment.html",
        assessment=assessment,
        set=assessment.index_set,
        newest=assessment.newest,
        plans=_plans(assessment),
        steps=_steps(assessment.versions),
        earlier=earlier,
        trend=trend_of(earlier, assessment.index_set.id),
        now=now_here(),
    )


def _plans(assessment: Assessment) -> list[Plan | OutOfReach]:
    newest = assessment.newest
    if newest is None or newest.score is None:
        return []
    answers = {name: kept.answer for name, kept in newest.answers.items()}
    changes = possible_changes(assessment.index_set, answers, newest.stated)
    return cheapest_plans(assessment.index_set, answers, changes)


def _steps(versions: Sequence[Version]) -> list[Step]:
    before: list[Mapping[str, Kept]] = [*(each.answers for each in versions[1:]), {}]
    return [
        Step(version, differences(old, version.answers))
        for version, old in zip(versions, before, strict=False)
    ]


@risk_pages.get("/<assessment_id>/edit")
@access(Permission.ASSESS_RISK, of="assessment_id")
def edit_assessment(assessment_id: str) -> ResponseReturnValue:
    assessment = get_assessment(db.session(), assessment_id)
    newest = assessment.newest
    typed = typed_of(
        assessment.index_set,
        newest.answers if newest else {},
        newest.stated if newest else {},
        language=current_language(),
    )
    form = TypedForm(typed, note=newest.note if newest else "")
    return _edit_page(assessment, form, newest.number if newest else 0)


def _edit_page(
    assessment: Assessment,
    form: TypedForm,
    seen: int,
    *,
    refusal: Refusal | None = None,
    changed: Sequence[Difference] = (),
    status: int = 200,
) -> ResponseReturnValue:
    figures = _figures(assessment)
    live = _live(assessment, figures)
    errors = {
        name: sentence(each.code, each.params | {"where": _title(assessment, name)})
        for name, each in form.errors.items()
    }
    page = render_template(
        "risk/edit_assessment.html",
        assessment=assessment,
        set=assessment.index_set,
        form=form,
        errors=errors,
        seen=seen,
        figures=figures,
        live={each.id: live_option(each, live) for each in assessment.index_set.components},
        refused=sentence(refusal.code, refusal.params) if refusal else "",
        changed=changed,
        efforts=EFFORTS,
        field_name=field_name,
    )
    return page, status


def _title(assessment: Assessment, component_id: str) -> str:
    component = assessment.index_set.find_component(component_id)
    if component is None:
        return component_id
    return component.en if current_language() == "en" else component.vi


def _figures(assessment: Assessment) -> Figures:
    branch = get_branch(db.session(), assessment.branch_id)
    return get_figures(db.session(), branch, today=today(), now=now_here())


def _live(assessment: Assessment, figures: Figures) -> Figures | None:
    """What may be taken over: the figures of now say nothing of an earlier day."""
    return figures if assessment.on == today() else None


@risk_pages.post("/<assessment_id>/edit")
@access(Permission.ASSESS_RISK, of="assessment_id")
def save_version(assessment_id: str) -> ResponseReturnValue:
    assessment = get_assessment(db.session(), assessment_id)
    live = _live(assessment, _figures(assessment))
    form = read_form(request.form, assessment.index_set, live, language=current_language())
    text = request.form.get("seen", "")
    seen = int(text) if text.isdecimal() and len(text) < 7 else -1
    if form.errors:
        return _edit_page(assessment, form, seen, status=422)
    actor, now = current_actor(), now_here()
    answers = with_figures(_answers_seen(assessment, seen), form.answers)
    stated, note = form.stated, form.note

    def work(session: Session) -> int:
        return save_assessment(
            session, assessment_id, seen, answers, stated, note, actor=actor, now=now
        )

    try:
        transact(work)
    except SavedMeanwhile as refusal:
        return _conflict(assessment_id, form, seen, refusal)
    except MaximaDoNotAddUp as refusal:
        return _edit_page(assessment, form, seen, refusal=refusal, status=422)
    missing = len(assessment.index_set.components) - len(answers)
    flash(
        _("Đã lưu, còn %(count)s chỉ số chưa có điểm.", count=missing) if missing else _("Đã lưu")
    )
    return redirect(url_for("risk.show_assessment", assessment_id=assessment_id))


def _answers_seen(assessment: Assessment, seen: int) -> Mapping[str, Kept]:
    """The answers of the version that the form was filled in over."""
    return next((each.answers for each in assessment.versions if each.number == seen), {})


def _conflict(
    assessment_id: str, form: TypedForm, seen: int, refusal: Refusal
) -> ResponseReturnValue:
    """What the other saved, beside what was typed here; saving once more goes over it."""
    assessment = get_assessment(db.session(), assessment_id)
    old = _answers_seen(assessment, seen)
    newest = assessment.newest
    return _edit_page(
        assessment,
        form,
        newest.number if newest else 0,
        refusal=refusal,
        changed=differences(old, newest.answers if newest else {}),
        status=refusal.status,
    )
