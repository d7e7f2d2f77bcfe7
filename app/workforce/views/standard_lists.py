"""The standard list out: what would be missing, and the workbook, noted with who took it."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch, list_companies
from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import fold
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.headers import XLSX
from app.web.present import today
from app.web.transaction import transact
from app.workforce.actions.standard_lists import record_list_taken
from app.workforce.gateways.standard_workbook import (
    StandardRow,
    StandardWords,
    drop_folder,
    list_folder,
    write_standard_workbook,
)
from app.workforce.queries.standard_lists import (
    ListScope,
    count_lacks,
    get_priority_groups,
    get_standard_list,
    list_next_people,
)
from app.workforce.queries.units import Unit, list_units
from app.workforce.rules.standard_list import Lack, NobodyToList, lacks_of, row_of
from app.workforce.views.company_asked import company_asked

standard_list_pages = Blueprint("standard_list", __name__, url_prefix="/standard-list")
PAGE = 1000
PART_BYTES = 65_536


def _scope(company: Unit) -> tuple[ListScope, list[Unit], list[Unit]]:
    """What is listed, the units that were chosen, and all that may be."""
    units = [unit for unit in list_units(db.session(), [company.path]) if unit.depth]
    wanted = set(request.values.getlist("unit"))
    chosen = [unit for unit in units if str(unit.id) in wanted]
    if wanted - {str(unit.id) for unit in chosen}:
        raise NotFound
    paths = tuple(unit.path for unit in chosen) or (company.path,)
    return ListScope(company.id, paths, request.values.get("left") != "1"), chosen, units


@standard_list_pages.get("")
@access(Permission.EXPORT_WORKERS)
def show_standard_list() -> ResponseReturnValue:
    company = company_asked(Permission.EXPORT_WORKERS)
    scope, chosen, units = _scope(company)
    total, lacks = count_lacks(db.session(), scope)
    reach = branches_for(current_actor(), Permission.EXPORT_WORKERS)
    companies = list_companies(db.session(), reach)
    groups = get_priority_groups().items()
    return render_template(
        "workforce/show_standard_list.html",
        company=company,
        companies=companies,
        company_options=[(each.id, each.name) for each in companies],
        wanted=get_standard_list(),
        total=total,
        lacks=[(lack_words(lack), count) for lack, count in lacks.items() if count],
        units=units,
        chosen={unit.id for unit in chosen},
        left=not scope.only_working,
        group_options=[("", _("Để trống")), *((key, f"{key}. {text}") for key, text in groups)],
    )


@standard_list_pages.post("/download")
@access(Permission.EXPORT_WORKERS)
def download_standard_list() -> ResponseReturnValue:
    company = company_asked(Permission.EXPORT_WORKERS)
    scope, chosen, _units = _scope(company)
    group = request.form.get("priority_group", "")
    number = int(group) if group.isdecimal() and int(group) in get_priority_groups() else None
    employer = company.name
    code = re.sub(r"[^A-Za-z0-9]+", "-", fold(get_branch(db.session(), company.id).code))
    now = current_app.extensions["clock"].now()
    settings: Settings = current_app.config["SETTINGS"]
    folder = list_folder(settings.instance, new_id(now), now)
    try:
        path = folder / "list.xlsx"
        count = write_standard_workbook(path, _words(), _rows(scope, employer, number))
        _note(scope, chosen, count, now)
        name = f"danh-sach-{get_standard_list().id}-{code}-{today().isoformat()}.xlsx"
        size = path.stat().st_size
    except BaseException:
        drop_folder(folder)
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    # Not send_file: what it passes through whole never tells when it was sent.
    sent = Response(_parts(path), mimetype=XLSX, headers=headers)
    sent.call_on_close(lambda: drop_folder(folder))
    return sent


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART_BYTES):
            yield part


def _note(scope: ListScope, chosen: list[Unit], count: int, now: datetime) -> None:
    if not count:
        raise NobodyToList
    actor, unit_ids = current_actor(), [unit.id for unit in chosen]
    wanted = get_standard_list().id

    def work(session: Session) -> None:
        record_list_taken(
            session,
            scope.company_id,
            wanted,
            count,
            unit_ids,
            only_working=scope.only_working,
            actor=actor,
            now=now,
        )

    transact(work)


def _rows(scope: ListScope, employer: str, priority_group: int | None) -> Iterator[StandardRow]:
    wanted, words = get_standard_list(), {lack: lack_words(lack) for lack in Lack}
    place, number = None, 0
    while True:
        people, place = list_next_people(db.session(), scope, place, PAGE)
        db.session.remove()  # a long read must not keep the journal from being written back
        if not people:
            return
        for person in people:
            number += 1
            cells = row_of(wanted, number, person, employer=employer, priority_group=priority_group)
            lacks = [words[lack] for lack in lacks_of(wanted, person)]
            yield StandardRow(cells, person.name, person.badge, lacks)


def _words() -> StandardWords:
    wanted = get_standard_list()
    notes = [
        ngettext(
            "An Ca chưa giữ %(num)d cột, để trống: %(columns)s.",
            "An Ca chưa giữ %(num)d cột, để trống: %(columns)s.",
            len(wanted.not_kept),
            columns=", ".join(wanted.not_kept),
        )
    ]
    if not wanted.is_verified:
        notes.insert(0, _("Tên và thứ tự cột chưa đối chiếu với văn bản, xem lại trước khi gửi."))
    return StandardWords(
        _("Danh sách"),
        wanted.headings,
        _("Còn thiếu"),
        [_("Dòng"), _("Họ và tên"), _("Mã nhân viên"), _("Còn thiếu")],
        notes,
    )


def lack_words(lack: Lack) -> str:
    """What is missing, in words."""
    words: dict[Lack, str] = {
        Lack.BORN: _("Ngày sinh"),
        Lack.BORN_DAY: _("Ngày sinh (chỉ có năm)"),
        Lack.SEX: _("Giới tính"),
        Lack.PHONE: _("Số điện thoại"),
        Lack.ID_NUMBER: _("Số CCCD, CMND hoặc hộ chiếu"),
    }
    return words[lack]
