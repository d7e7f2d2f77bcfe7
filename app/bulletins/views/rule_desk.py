"""/province/rules: hotlines, triage rules and index sets, checked, looked at, and sent to parks."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.bulletins.actions.rule_documents import discard_rules, send_rules, write_rules
from app.bulletins.forms import KINDS, RulesForm
from app.bulletins.gateways import LARGEST_BYTES, read_document
from app.bulletins.queries.desk import list_park_states, list_parks_to_choose
from app.bulletins.queries.rule_documents import (
    DocumentRow,
    find_before,
    find_document,
    find_document_path,
    list_documents,
)
from app.bulletins.rules.refusals import RulesTextUnreadable
from app.bulletins.rules.rule_documents import RuleKind, lines_of
from app.bulletins.views.rule_words import changes_told, lines_told
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.kernel.text import squeeze
from app.web.access import access, current_actor, locates
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

rule_desk_pages = Blueprint("rule_desk", __name__, url_prefix="/province/rules")
locates("document_id")(find_document_path)
SEND = Permission.PUBLISH_BULLETINS
rule_desk_pages.add_app_template_filter(lambda each: KINDS[each], "rules_kind")


@rule_desk_pages.get("")
@access(SEND)
def list_rules() -> ResponseReturnValue:
    return render_template("bulletins/list_rules.html", rows=list_documents(db.session()))


@rule_desk_pages.route("/new", methods=["GET", "POST"])
@access(SEND)
def write_one() -> ResponseReturnValue:
    form = RulesForm()
    if request.method == "GET":
        form.valid_from_on.data = today()
        asked = request.args.get("kind", "")
        form.kind.data = asked if asked in set(RuleKind) else RuleKind.HOTLINES.value
        return _editor(form)
    if not form.validate_on_submit():
        return _editor(form, status=422)
    try:
        document_id = _write(form)
    except Refusal as refusal:
        return _editor(form, sentence(refusal.code, refusal.params), refusal.status)
    return redirect(url_for("rule_desk.show_rules", document_id=document_id))


def _write(form: RulesForm) -> str:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    kind: RuleKind = RuleKind(form.kind.data)
    day: Any = form.valid_from_on.data
    document = read_document(kind, _text(form))
    title, source = squeeze(form.title.data or ""), squeeze(form.source.data or "")

    def work(session: Session) -> str:
        return write_rules(
            session,
            kind,
            title=title,
            valid_from_on=day,
            source=source,
            document=document,
            actor=actor,
            now=now,
        )

    return transact(work)


def _text(form: RulesForm) -> str:
    """What was uploaded, or else what was typed."""
    file: Any = form.file.data
    if not file or not file.filename:
        return form.text.data or ""
    content: bytes = file.read(LARGEST_BYTES + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RulesTextUnreadable from None


def _editor(form: RulesForm, problem: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template("bulletins/edit_rules.html", form=form, problem=problem)
    return page, status


@rule_desk_pages.get("/<document_id>")
@access(SEND, of="document_id")
def show_rules(document_id: str) -> ResponseReturnValue:
    return _page(_row_of(document_id))


def _row_of(document_id: str) -> DocumentRow:
    row = find_document(db.session(), document_id)
    if row is None:
        raise NotFound
    return row


def _page(row: DocumentRow, problem: str = "", status: int = 200) -> ResponseReturnValue:
    before_title, before = find_before(db.session(), row)
    kind, sent = row.rules.kind, row.sent_at is not None
    parks = list_park_states(db.session(), row.rules.id, 1, row.nodes) if sent else None
    page = render_template(
        "bulletins/show_rules.html",
        row=row,
        before_title=before_title,
        changes=changes_told(kind, before, row.rules.document),
        lines=lines_of(kind, row.rules.document) | lines_told(kind, row.rules.document),
        choices=list_parks_to_choose(db.session()),
        parks=parks,
        problem=problem,
    )
    return page, status


@rule_desk_pages.post("/<document_id>/send")
@access(SEND, of="document_id")
def send_one(document_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    row = _row_of(document_id)
    known = {node for node, _name in list_parks_to_choose(db.session())}
    chosen = [each for each in request.form.getlist("nodes") if each in known]
    nodes = None if request.form.get("to") == "all" else chosen

    def work(session: Session) -> None:
        send_rules(session, document_id, nodes, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        return _page(row, sentence(refusal.code, refusal.params), refusal.status)
    flash(_("Đã gửi. Các khu nhận khi liên lạc với tỉnh."))
    return redirect(url_for("rule_desk.show_rules", document_id=document_id))


@rule_desk_pages.post("/<document_id>/discard")
@access(SEND, of="document_id")
def discard_one(document_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    row = _row_of(document_id)

    def work(session: Session) -> None:
        discard_rules(session, document_id, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        return _page(row, sentence(refusal.code, refusal.params), refusal.status)
    flash(_("Đã bỏ tài liệu."))
    return redirect(url_for("rule_desk.list_rules"))
