"""/reports/dhis2: what would go to the other system, the try, the sending, and what came of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import yaml
from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.checkins.forms import parse_day
from app.dashboards.gateways.compliance_files import Sheet, Value, csv_bytes
from app.extensions import db
from app.kernel.refusals import Refusal
from app.kernel.text import squeeze
from app.reports.actions.sends import begin_send, end_send, keep_codes, keep_taken
from app.reports.forms import CodesForm, SendForm
from app.reports.gateways.dhis2 import Dhis2
from app.reports.queries.days import list_park_names
from app.reports.queries.sends import get_codes, list_parks_sent, list_sends, list_told
from app.reports.rules.adx import adx_bytes
from app.reports.rules.codes import BadCodes, Codes, codes_file
from app.reports.rules.dhis2 import (
    MOST_AT_ONCE,
    NothingToSend,
    NotSet,
    Outcome,
    TooManyDays,
    data_value_set,
    goes_on,
    together,
)
from app.reports.rules.rows import DataRow, LeftOut, repeats_of, rows_of
from app.reports.views.daily import now_and_today, report_pages
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.tables import query_with
from app.web.transaction import transact

MOST_DAYS = 62
USUAL_DAYS = 7
MOST_BYTES = 512 * 1024
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a period under the codes in use, and what is left out."""

    from_on: date
    to_on: date
    codes: Codes
    rows: Sequence[DataRow]
    left_out: Sequence[LeftOut]
    told: Mapping[str, str]

    @property
    def repeats(self) -> int:
        """How many values the other side has already."""
        return repeats_of(self.rows, self.told)


def _table() -> Table:
    today = now_and_today()[1]
    to_on = min(parse_day(request.args.get("to", "today"), today, "/to"), today)
    usual = (to_on - timedelta(days=USUAL_DAYS - 1)).isoformat()
    from_on = min(parse_day(request.args.get("from", usual), today, "/from"), to_on)
    if (to_on - from_on).days >= MOST_DAYS:
        raise TooManyDays(most=MOST_DAYS)
    codes = get_codes(db.session())
    rows, left_out = rows_of(list_parks_sent(db.session(), from_on, to_on), codes)
    told = list_told(db.session(), [row.place for row in rows])
    return Table(from_on, to_on, codes, rows, left_out, told)


@report_pages.get("/dhis2")
@access(Permission.SEND_REPORTS)
def show_dhis2() -> ResponseReturnValue:
    return _page(_table())


def _page(table: Table, form: CodesForm | None = None) -> str:
    sends = list_sends(db.session())
    return render_template(
        "reports/show_dhis2.html",
        table=table,
        shown=table.rows[:SHOWN],
        left_out=_left_out(table.left_out),
        host=_host(),
        sends=sends,
        problems={each.id: sentence(each.problem) for each in sends if each.problem},
        period={"from": table.from_on.isoformat(), "to": table.to_on.isoformat()},
        send_form=SendForm(formdata=None),
        codes_form=form or CodesForm(formdata=None),
    )


def _host() -> str:
    try:
        return _dhis2().host
    except NotSet:
        return ""


def _dhis2() -> Dhis2:
    settings = current_app.config["SETTINGS"]
    return Dhis2.of(settings.reports, plain_http=settings.plain_http)


def _left_out(left_out: Sequence[LeftOut]) -> Mapping[str, list[str]]:
    """What is not sent, by reason; a park stands once for all its days."""
    found: dict[str, dict[str, list[date]]] = {}
    for each in left_out:
        days = found.setdefault(each.why.value, {}).setdefault(each.park, [])
        if each.on is not None and each.on not in days:
            days.append(each.on)
    return {
        why: [_days(park, days) for park, days in parks.items()] for why, parks in found.items()
    }


def _days(park: str, days: Sequence[date]) -> str:
    return f"{park} ({', '.join(f'{day:%d/%m}' for day in days)})" if days else park


@report_pages.post("/dhis2/send")
@access(Permission.SEND_REPORTS)
def send() -> ResponseReturnValue:
    return _send(dry_run=False)


@report_pages.post("/dhis2/try")
@access(Permission.SEND_REPORTS)
def try_out() -> ResponseReturnValue:
    return _send(dry_run=True)


def _send(*, dry_run: bool) -> ResponseReturnValue:
    SendForm().validate()
    table, dhis2 = _table(), _dhis2()
    if not table.rows:
        raise NothingToSend
    actor, clock = current_actor(), current_app.extensions["clock"]

    def begin(session: Session) -> str:
        return begin_send(
            session,
            table.rows,
            (table.from_on, table.to_on),
            codes_version=table.codes.version,
            dry_run=dry_run,
            actor=actor,
            now=clock.now(),
        )

    send_id = transact(begin)
    outcome = together(_post(dhis2, table, send_id, dry_run=dry_run))
    transact(lambda session: end_send(session, send_id, outcome, now=clock.now()))
    flash(_told(outcome, dry_run=dry_run))
    period = {"from": table.from_on.isoformat(), "to": table.to_on.isoformat()}
    return redirect(url_for("reports.show_dhis2") + query_with(period.items()))


def _post(dhis2: Dhis2, table: Table, send_id: str, *, dry_run: bool) -> list[Outcome]:
    """Send the rows, some in a call; after a call that failed the rest waits."""
    outcomes: list[Outcome] = []
    for start in range(0, len(table.rows), MOST_AT_ONCE):
        some = table.rows[start : start + MOST_AT_ONCE]
        repeats = repeats_of(some, table.told)
        outcome = dhis2.post(data_value_set(some), dry_run=dry_run, rows=len(some), repeats=repeats)
        outcomes.append(outcome)
        if not dry_run:
            transact(partial(keep_taken, send_id=send_id, rows=some, outcome=outcome))
        if not goes_on(outcome):
            break
    return outcomes


def _told(outcome: Outcome, *, dry_run: bool) -> str:
    if outcome.problem:
        return sentence(outcome.problem)
    if dry_run:
        return str(_("Gửi thử thành công, hệ thống nhận đọc được toàn bộ. Chưa ghi gì."))
    n = outcome.counts["imported"] + outcome.counts["updated"]
    return str(
        ngettext("Hệ thống nhận đã ghi %(num)d giá trị", "Hệ thống nhận đã ghi %(num)d giá trị", n)
    )


@report_pages.post("/dhis2/codes")
@access(Permission.SEND_REPORTS)
def upload_codes() -> ResponseReturnValue:
    form = CodesForm()
    file = request.files.get("file")
    if file is None or not file.filename:
        form.file.errors = [str(_("Chọn một tệp"))]
        return _page(_table(), form), 422
    actor, now = current_actor(), now_and_today()[0]
    source = squeeze(form.source.data or "")[:200]
    try:
        content = _read(file.read(MOST_BYTES + 1))
        version = transact(
            lambda session: keep_codes(session, content, source, actor=actor, now=now)
        )
    except Refusal as refusal:
        at = form.file if isinstance(refusal, BadCodes) else form.source
        at.errors = [sentence(refusal.code, refusal.params)]
        return _page(_table(), form), refusal.status
    flash(_("Đã lưu bảng mã bản %(version)s", version=version))
    return redirect(url_for("reports.show_dhis2"))


def _read(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise BadCodes(part="file")
    try:
        text = content.decode("utf-8-sig")
        # A short text of names that stand for each other can grow without end.
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, yaml.SafeLoader)):
            raise BadCodes(part="file")
        read = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise BadCodes(part="file") from None
    if not isinstance(read, dict):
        raise BadCodes(part="file")
    return {name: read.get(name) for name in ("data_set", "elements", "org_units") if name in read}


@report_pages.get("/dhis2/codes.yaml")
@access(Permission.SEND_REPORTS)
def download_codes() -> ResponseReturnValue:
    codes = get_codes(db.session())
    text = yaml.safe_dump(codes_file(codes), allow_unicode=True, sort_keys=False)
    without = [
        name for node, name in list_park_names(db.session()) if not codes.org_unit(node, name)
    ]
    text += "".join(f"#  {json.dumps(name, ensure_ascii=False)}:\n" for name in without)
    return _file(text.encode(), "application/yaml", f"dhis2-ma-{codes.version}.yaml")


@report_pages.get("/dhis2/rows.csv")
@access(Permission.SEND_REPORTS)
def download_rows() -> ResponseReturnValue:
    table = _table()
    headings = ["dataElement", "period", "orgUnit", "categoryOptionCombo", "value", "comment"]
    rows: list[list[Value]] = [
        [row.element, f"{row.period:%Y%m%d}", row.org_unit, row.combo, row.value, row.comment]
        for row in table.rows
    ]
    return _file(
        csv_bytes(Sheet("", headings, rows)), "text/csv; charset=utf-8", _name(table, "csv")
    )


@report_pages.get("/dhis2/rows.xml")
@access(Permission.SEND_REPORTS)
def download_adx() -> ResponseReturnValue:
    table = _table()
    at = now_and_today()[0].astimezone(current_app.config["SETTINGS"].timezone)
    content = adx_bytes(table.rows, table.codes.data_set, at)
    return _file(content, "application/adx+xml", _name(table, "xml"))


def _name(table: Table, ending: str) -> str:
    return f"so-lieu-{table.from_on.isoformat()}-{table.to_on.isoformat()}.{ending}"


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)
