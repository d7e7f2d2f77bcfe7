"""One case: its page, and what is done in it while it is open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission, may
from app.audit.actions import record_health_view
from app.cases import forms
from app.cases.actions import following, working
from app.cases.queries.owners import list_owners
from app.cases.queries.records import (
    DayCell,
    find_case,
    list_cases_of,
    list_days,
    list_entries,
    list_rules_told,
    list_tasks,
)
from app.cases.queries.rule_data import get_follow_up_rules
from app.cases.queries.standing import days_of
from app.cases.rules.days import HeardBy
from app.cases.rules.plans import PersonClass, SampleResult, TaskKind
from app.cases.rules.refusals import DayNotAsked
from app.cases.rules.states import CaseAct, CaseState, is_allowed
from app.cases.views.queue import case_pages
from app.checkins.queries.answers import find_standing
from app.checkins.queries.rule_sets import advice_text, get_rules
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.filters import day as day_text
from app.web.language import current_language
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.queries.workers import WorkerRecord, find_record

if TYPE_CHECKING:
    from app.cases.models import FollowUpCase


@dataclass(frozen=True, slots=True)
class Look:
    """A case with its worker, and what the visitor may do to it."""

    case: "FollowUpCase"
    record: WorkerRecord
    manages: bool


def look_at(case_id: str) -> Look:
    """The case that an address names."""
    case = find_case(db.session(), case_id)
    record = find_record(db.session(), case.worker_id) if case else None
    if case is None or record is None:
        raise NotFound
    return Look(case, record, may(current_actor(), Permission.MANAGE_CASES, record.unit_path))


@case_pages.get("/cases/<case_id>")
@access(Permission.FOLLOW_CASES, of="case_id")
def show_case(case_id: str) -> ResponseReturnValue:
    return case_page(look_at(case_id))


def case_page(
    look: Look,
    given: dict[str, Any] | None = None,
    status: int = 200,
    *,
    refusal: str = "",
    unsaved: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    """The page of a case, with a form as it was filled in; that it was looked at is kept."""
    case, worker = look.case, look.record.worker
    actor, now = current_actor(), current_app.extensions["clock"].now()
    language, on = current_language(), today()
    days = list_days(db.session(), case, language)
    standing = find_standing(db.session(), worker.id)
    earlier = [each for each in list_cases_of(db.session(), worker.id) if each.id != case.id]
    state = CaseState(case.state)
    page = render_template(
        "cases/show_case.html",
        case=case,
        record=look.record,
        worker=worker,
        manages=look.manages,
        can={act.value: is_allowed(state, act) for act in CaseAct},
        standing=standing,
        advice=advice_text(standing.advice, language) if standing else "",
        tasks=list_tasks(db.session(), case.id),
        days=days,
        entries=list_entries(db.session(), case.id),
        rules=list_rules_told(db.session(), case, on),
        earlier=earlier,
        forms=_forms(look, days, now) | (given or {}),
        refusal=refusal,
        unsaved=unsaved,
        rule_version=get_follow_up_rules().version,
        today=on,
        now=now,
    )
    company_id, shown = worker.company_id, [worker.id]

    def work(session: Session) -> None:
        record_health_view(session, "case", shown, company_id=company_id, actor=actor, now=now)

    transact(work)
    return page, status


def _forms(look: Look, days: list[DayCell], now: datetime) -> dict[str, Any]:
    case, zone = look.case, current_app.config["SETTINGS"].timezone
    asked = days_of(case)
    soon = (now + timedelta(hours=1)).astimezone(zone).replace(minute=0, tzinfo=None)
    made: dict[str, Any] = {
        "note": forms.WordsForm(formdata=None, prefix="note-"),
        "day": forms.DayForm(formdata=None, prefix="day-"),
        "assign": forms.OwnerForm(formdata=None, prefix="assign-", owner=case.owner_id),
        "hand": forms.HandOverForm(formdata=None, prefix="hand-"),
        "task": forms.TaskForm(formdata=None, prefix="task-", due_at=soon),
        "result": forms.ResultForm(formdata=None, prefix="result-"),
        "plan": forms.PlanForm(
            formdata=None,
            prefix="plan-",
            person_class=case.person_class or "",
            isolated_on=case.isolated_on,
            from_on=asked.from_on if asked else today(),
            days=asked.days if asked else 7,
        ),
    }
    for form in made.values():
        form.seen.data = str(case.version)
        _offer(form, look)
    open_days = [cell.on for cell in days if cell.on <= today() and cell.level is None]
    made["day"].on.data = open_days[-1].isoformat() if open_days else None
    return made


def _offer(form: Any, look: Look) -> None:
    """Fill in what a form lets one choose from."""
    if isinstance(form, forms.OwnerForm):
        forms.offer_owners(form, list_owners(db.session(), look.record.unit_path))
    if isinstance(form, forms.DayForm):
        questions = get_rules(db.session(), look.case.company_id).rules.questions
        language = current_language()
        signs = [(each.id, getattr(each, language)) for each in questions.symptoms.values()]
        asked, on = days_of(look.case), today()
        days = [
            asked.from_on + timedelta(days=each)
            for each in range(asked.days if asked else 0)
            if asked and asked.from_on + timedelta(days=each) <= on
        ]
        forms.offer_days(form, [(each, day_text(each)) for each in reversed(days)], signs)


def posted(kind: type[Any], name: str, look: Look) -> Any:
    """A form of the page as it was sent."""
    form = kind(prefix=f"{name}-")
    _offer(form, look)
    return form


def carry_out(
    look: Look, name: str, form: Any, work: Callable[[Session], Any], said: str
) -> ResponseReturnValue:
    """Do it and go back to the case; when refused, what was typed stays, and why beside it."""
    if not form.validate():
        return case_page(look, {name: form}, 422)
    case_id = look.case.id
    try:
        transact(work)
    except Refusal as refusal:
        fresh = look_at(case_id)
        # Read again, the next try is a decision made in view of what others did.
        form.seen.data = str(fresh.case.version)
        why = sentence(refusal.code, refusal.params)
        unsaved = _words_in(form)
        return case_page(fresh, {name: form}, refusal.status, refusal=why, unsaved=unsaved)
    flash(said)
    return redirect(url_for("cases.show_case", case_id=case_id))


def _words_in(form: Any) -> list[tuple[str, str]]:
    """What somebody typed, to be read where the form itself is not offered any more."""
    return [
        (str(field.label.text), str(field.data))
        for field in form
        if field.type in {"StringField", "TextAreaField"} and field.data
    ]


@case_pages.post("/cases/<case_id>/note")
@access(Permission.FOLLOW_CASES, of="case_id")
def add_note(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.WordsForm, "note", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    words = typed(form.words)

    def work(session: Session) -> None:
        working.write_note(session, case_id, words, actor=actor, now=now)

    return carry_out(look, "note", form, work, _("Đã ghi chú"))


@case_pages.post("/cases/<case_id>/owner")
@access(Permission.MANAGE_CASES, of="case_id")
def give_case(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.OwnerForm, "assign", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    owner_id, seen = str(form.owner.data or ""), form.version

    def work(session: Session) -> None:
        working.assign_case(session, case_id, owner_id, actor=actor, now=now, seen=seen)

    return carry_out(look, "assign", form, work, _("Đã giao ca"))


@case_pages.post("/cases/<case_id>/hand-over")
@access(Permission.MANAGE_CASES, of="case_id")
def hand_case_over(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.HandOverForm, "hand", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    owner_id, words, seen = str(form.owner.data or ""), typed(form.words), form.version

    def work(session: Session) -> None:
        working.hand_over_case(session, case_id, owner_id, words, actor=actor, now=now, seen=seen)

    return carry_out(look, "hand", form, work, _("Đã bàn giao ca"))


@case_pages.post("/cases/<case_id>/tasks")
@access(Permission.MANAGE_CASES, of="case_id")
def ask_for_task(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.TaskForm, "task", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    zone = current_app.config["SETTINGS"].timezone
    kind, note, local = form.kind.data, typed(form.note), form.due_at.data

    def work(session: Session) -> None:
        due_at = local.replace(tzinfo=zone)
        working.add_task(session, case_id, TaskKind(kind), due_at, note, actor=actor, now=now)

    return carry_out(look, "task", form, work, _("Đã thêm việc"))


@case_pages.post("/cases/<case_id>/tasks/<task_id>/finish")
@access(Permission.FOLLOW_CASES, of="case_id")
def finish_case_task(case_id: str, task_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = forms.CaseForm()
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        working.finish_task(session, case_id, task_id, "", actor=actor, now=now)

    return carry_out(look, "finish", form, work, _("Đã ghi xong việc"))


@case_pages.post("/cases/<case_id>/tasks/<task_id>/result")
@access(Permission.MANAGE_CASES, of="case_id")
def enter_test_result(case_id: str, task_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.ResultForm, "result", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    result = form.result.data

    def work(session: Session) -> None:
        found = SampleResult(result)
        working.enter_result(session, case_id, task_id, found, actor=actor, now=now)

    return carry_out(look, "result", form, work, _("Đã ghi kết quả"))


@case_pages.post("/cases/<case_id>/plan")
@access(Permission.MANAGE_CASES, of="case_id")
def plan_case(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.PlanForm, "plan", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    person_class = (
        PersonClass(form.person_class.data) if form.person_class.data in set(PersonClass) else None
    )
    isolated_on = form.isolated_on.data if person_class else None
    from_on, days, seen = form.from_on.data, form.days.data, form.version

    def work(session: Session) -> None:
        working.plan_follow_up(
            session,
            case_id,
            person_class=person_class,
            isolated_on=isolated_on,
            from_on=from_on,
            days=days,
            actor=actor,
            now=now,
            seen=seen,
        )

    return carry_out(look, "plan", form, work, _("Đã lưu kế hoạch theo dõi"))


@case_pages.post("/cases/<case_id>/days")
@access(Permission.FOLLOW_CASES, of="case_id")
def write_day(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    form = posted(forms.DayForm, "day", look)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    on, words = str(form.on.data or ""), typed(form.words)

    def work(session: Session) -> None:
        following.record_day(
            session,
            case_id,
            _day(on),
            form.answers(),
            words,
            by=HeardBy.CALL,
            actor=actor,
            now=now,
        )

    return carry_out(look, "day", form, work, _("Đã ghi câu trả lời"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DayNotAsked from None
