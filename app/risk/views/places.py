"""The places of one's reach with their scores, and beginning an assessment."""

from fractions import Fraction

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import choices
from app.accounts.queries.branches import get_branch
from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.refusals import Refusal
from app.kernel.text import fold
from app.risk.actions.assessments import begin_assessment
from app.risk.forms.beginning import BeginForm
from app.risk.queries.assessments import Place, list_places
from app.risk.queries.findings import count_by_place, count_findings
from app.risk.queries.sets import SetShown, list_sets_in_force
from app.risk.rules.refusals import UnknownSet
from app.risk.views.frame import now_here, place_choices, risk_pages, title_of
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.tables import table_from_args
from app.web.transaction import transact


@risk_pages.get("")
@access(Permission.ASSESS_RISK)
def show_places() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.ASSESS_RISK)
    table = table_from_args(request.args, sortable=("risk",), default="risk", filters={"q": None})
    wanted = fold(table.value("q"))
    places = [
        place
        for place in list_places(db.session(), reach)
        if wanted in fold(f"{place.company} {place.name}")
    ]
    wanted_page = page_from_args(request.args).bounded(len(places))
    shown = sorted(places, key=_worst_first)[wanted_page.offset :][: wanted_page.limit]
    return render_template(
        "risk/show_places.html",
        table=table,
        page=wanted_page.page(shown, len(places)),
        findings=count_by_place(db.session(), reach, today=today()),
        to_mend=count_findings(db.session(), reach, done=False),
        has_any=any(place.results for place in places),
    )


def _worst_first(place: Place) -> tuple[bool, Fraction, str]:
    scored = place.scored
    return (scored is None, -((scored.pct if scored else None) or Fraction(0)), place.path)


def _form() -> tuple[BeginForm, list[SetShown]]:
    form = BeginForm(request.form if request.method == "POST" else None)
    form.place.choices = choices(place_choices())
    sets = list_sets_in_force(db.session(), form.on.data or today())
    form.index_set.choices = choices((each.index_set.id, title_of(each.index_set)) for each in sets)
    return form, sets


@risk_pages.get("/new")
@access(Permission.ASSESS_RISK)
def choose_place() -> ResponseReturnValue:
    form, sets = _form()
    form.on.data = today()
    asked = request.args.get("place", "")
    if asked.isdecimal() and len(asked) < 10:
        form.place.data = int(asked)
    return _begin_page(form, sets)


def _begin_page(form: BeginForm, sets: list[SetShown], status: int = 200) -> ResponseReturnValue:
    return render_template("risk/choose_place.html", form=form, sets=sets, today=today()), status


@risk_pages.post("/new")
@access(Permission.ASSESS_RISK)
def begin_one() -> ResponseReturnValue:
    form, sets = _form()
    if not form.validate() or form.on.data is None:
        return _begin_page(form, sets, 422)
    actor, now, on, here = current_actor(), now_here(), form.on.data, today()
    place_id, shown = form.place.data, _shown(sets, form.index_set.data)

    def work(session: Session) -> str:
        branch = get_branch(session, place_id)
        return begin_assessment(session, branch, shown, on, today=here, actor=actor, now=now)

    try:
        assessment_id = transact(work)
    except Refusal as refusal:
        form.on.errors = [sentence(refusal.code, refusal.params)]
        return _begin_page(form, sets, refusal.status)
    flash(_("Đã mở phiếu chấm. Điền điểm từng chỉ số rồi lưu."))
    return redirect(url_for("risk.edit_assessment", assessment_id=assessment_id))


def _shown(sets: list[SetShown], code: str) -> SetShown:
    for each in sets:
        if each.index_set.id == code:
            return each
    raise UnknownSet
