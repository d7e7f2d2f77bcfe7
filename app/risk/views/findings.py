"""Findings: the list with what is overdue first, one with its pictures, and what is done of it."""

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import PageForm, choices, typed
from app.accounts.rules import Permission, branches_for, may
from app.accounts.views.once import one_use, spend
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.risk.actions import findings
from app.risk.forms.findings import MOST_AT_ONCE, ChangeForm, NoteForm, SettleForm, files_of
from app.risk.gateways.photos import read_photo
from app.risk.queries.assessments import Assessment, find_assessment_path, get_assessment
from app.risk.queries.findings import (
    count_findings,
    find_finding_path,
    find_photo_path,
    get_finding,
    get_photo_content,
    list_findings,
    list_photos,
)
from app.risk.rules.findings import TooManyPhotos
from app.risk.views.frame import now_here, place_choices, risk_pages, title_of
from app.web.access import access, current_actor, locates
from app.web.pagination import page_from_args
from app.web.photos import Photo
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

locates("finding_id")(find_finding_path)
locates("photo_id")(find_photo_path)


@risk_pages.get("/findings")
@access(Permission.ASSESS_RISK)
def show_findings() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.ASSESS_RISK)
    done = "done" in request.args
    counts = {each: count_findings(db.session(), reach, done=each) for each in (False, True)}
    wanted = page_from_args(request.args).bounded(counts[done])
    rows = list_findings(
        db.session(), reach, today=today(), done=done, limit=wanted.limit, offset=wanted.offset
    )
    page = wanted.page(rows, counts[done])
    return render_template("risk/show_findings.html", page=page, done=done, counts=counts)


def _note_form() -> tuple[NoteForm, Assessment | None]:
    form = NoteForm(request.form if request.method == "POST" else None)
    form.photos.data = request.files.getlist("photos")
    form.place.choices = choices(place_choices())
    about = _assessment()
    named = about.index_set.components if about else ()
    form.component.choices = choices(
        [("", _("Không thuộc chỉ số nào"))] + [(each.id, title_of(each)) for each in named]
    )
    return form, about


def _assessment() -> Assessment | None:
    """The assessment that a finding comes from, where the address names one within reach."""
    wanted = request.values.get("assessment", "")
    path = find_assessment_path(db.session(), wanted) if wanted else None
    if path is None:
        return None
    if not may(current_actor(), Permission.ASSESS_RISK, path):
        raise NotFound
    return get_assessment(db.session(), wanted)


@risk_pages.get("/findings/new")
@access(Permission.ASSESS_RISK)
def begin_finding() -> ResponseReturnValue:
    form, about = _note_form()
    if about is not None:
        form.place.data = about.branch_id
    form.component.data = request.args.get("component", "")
    return _note_page(form, about)


def _note_page(form: NoteForm, about: Assessment | None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "risk/note_finding.html", form=form, about=about, today=today(), once=one_use()
    )
    return page, status


@risk_pages.post("/findings/new")
@access(Permission.ASSESS_RISK)
def note_one() -> ResponseReturnValue:
    form, about = _note_form()
    due_on = form.due_on.data
    is_right, photos = _is_right(form, due_on), _photos(form)
    if not is_right or photos is None or due_on is None:
        return _note_page(form, about, 422)
    spend(request.form.get("once", ""))
    actor, now = current_actor(), now_here()
    place_id, about_id = form.place.data, about.id if about else None
    component = about.index_set.find_component(form.component.data) if about else None
    texts = {name: typed(form[name]) for name in ("finding", "action", "owner")}

    def work(session: Session) -> str:
        return findings.note_finding(
            session,
            place_id,
            **texts,
            due_on=due_on,
            photos=photos,
            assessment_id=about_id,
            component=component.vi if component else "",
            actor=actor,
            now=now,
        )

    finding_id = transact(work)
    flash(_("Đã ghi việc cần khắc phục"))
    return redirect(url_for("risk.show_finding", finding_id=finding_id))


def _is_right(form: PageForm, due_on: date | None) -> bool:
    is_right = bool(form.validate())
    if due_on is not None and due_on < today():
        form["due_on"].errors = [_("Chọn hôm nay hoặc một ngày tới")]
        return False
    return is_right


def _photos(form: NoteForm | SettleForm) -> list[Photo] | None:
    """The pictures of a form drawn anew, before any transaction; None where one is refused."""
    contents = files_of(form.photos)
    try:
        if len(contents) > MOST_AT_ONCE:
            raise TooManyPhotos(most=MOST_AT_ONCE)
        return [read_photo(content) for content in contents]
    except Refusal as refusal:
        form.photos.errors = [sentence(refusal.code, refusal.params)]
        return None


@risk_pages.get("/findings/<finding_id>")
@access(Permission.ASSESS_RISK, of="finding_id")
def show_finding(finding_id: str) -> ResponseReturnValue:
    return _finding_page(finding_id)


def _finding_page(
    finding_id: str,
    *,
    change: ChangeForm | None = None,
    settle: SettleForm | None = None,
    refused: Refusal | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    row = get_finding(db.session(), finding_id, today=today())
    texts = {"action": row.action, "owner": row.owner, "due_on": row.due_on}
    page = render_template(
        "risk/show_finding.html",
        row=row,
        photos=list_photos(db.session(), finding_id),
        change=change or ChangeForm(formdata=None, data=texts),
        settle=settle or SettleForm(formdata=None),
        refused=sentence(refused.code, refused.params) if refused else "",
        today=today(),
    )
    return page, status


def _seen() -> int:
    text = request.form.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 7 else -1


@risk_pages.post("/findings/<finding_id>/change")
@access(Permission.ASSESS_RISK, of="finding_id")
def change_one(finding_id: str) -> ResponseReturnValue:
    form = ChangeForm()
    due_on = form.due_on.data
    if not _is_right(form, due_on) or due_on is None:
        return _finding_page(finding_id, change=form, status=422)
    actor, now, seen = current_actor(), now_here(), _seen()
    action, owner = typed(form.action), typed(form.owner)

    def work(session: Session) -> None:
        findings.change_finding(
            session,
            finding_id,
            seen,
            action=action,
            owner=owner,
            due_on=due_on,
            actor=actor,
            now=now,
        )

    try:
        transact(work)
    except Refusal as refusal:
        return _finding_page(finding_id, change=form, refused=refusal, status=refusal.status)
    flash(_("Đã sửa việc cần khắc phục"))
    return redirect(url_for("risk.show_finding", finding_id=finding_id))


@risk_pages.post("/findings/<finding_id>/settle")
@access(Permission.ASSESS_RISK, of="finding_id")
def settle_one(finding_id: str) -> ResponseReturnValue:
    form = SettleForm(request.form)
    form.photos.data = request.files.getlist("photos")
    is_right = form.validate()
    photos = _photos(form)
    if photos is None or not is_right:
        return _finding_page(finding_id, settle=form, status=422)
    actor, now, seen, outcome = current_actor(), now_here(), _seen(), typed(form.outcome)

    def work(session: Session) -> None:
        findings.settle_finding(session, finding_id, seen, outcome, photos, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        return _finding_page(finding_id, settle=form, refused=refusal, status=refusal.status)
    flash(_("Đã ghi là xong"))
    return redirect(url_for("risk.show_finding", finding_id=finding_id))


@risk_pages.post("/findings/<finding_id>/reopen")
@access(Permission.ASSESS_RISK, of="finding_id")
def reopen_one(finding_id: str) -> ResponseReturnValue:
    actor, now, seen = current_actor(), now_here(), _seen()

    def work(session: Session) -> None:
        findings.reopen_finding(session, finding_id, seen, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        return _finding_page(finding_id, refused=refusal, status=refusal.status)
    flash(_("Đã mở lại việc này"))
    return redirect(url_for("risk.show_finding", finding_id=finding_id))


@risk_pages.get("/photos/<photo_id>")
@access(Permission.ASSESS_RISK, of="photo_id")
def show_photo(photo_id: str) -> ResponseReturnValue:
    return Response(get_photo_content(db.session(), photo_id), mimetype="image/jpeg")
