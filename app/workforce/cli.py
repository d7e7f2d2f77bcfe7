"""Commands that keep the roster: companies, importing a staff list, listing workers."""

import functools
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_company
from app.extensions import db
from app.kernel.actors import program
from app.kernel.clock import Clock, local_day
from app.kernel.refusals import NotFound, Refusal
from app.settings import Settings
from app.web.commands import shell_command
from app.web.present import today
from app.web.transaction import transact
from app.workforce.actions.companies import found_company
from app.workforce.actions.importing.applying import save_list, sweep
from app.workforce.actions.importing.deciding import cancel_import, start_saving
from app.workforce.actions.importing.reading import (
    Company,
    Decisions,
    FoundSheet,
    Understanding,
    company_of,
    find_lists,
    leaves,
    named_sheets,
    outcome_of,
    understand,
)
from app.workforce.actions.importing.staging import Desk, begin_import, stage_understanding
from app.workforce.actions.importing.undoing import start_undoing, undo_list
from app.workforce.forms.imports import left_out_rows, write_left_out
from app.workforce.gateways import ReadLimits, read_workbook
from app.workforce.queries.imports import find_import_path
from app.workforce.queries.rosters import ListedWorker, list_roster
from app.workforce.queries.undoing import count_undone
from app.workforce.rules import ColumnsMissing
from app.workforce.rules.importing import NoSuchCompany, NothingToSave, RowOutcome
from app.workforce.rules.undoing import UndoOutcome

workforce_cli = AppGroup("workforce", help="Companies, their workers, staff lists.")
SHELL = program("command line")


@workforce_cli.command("add-company")
@click.option("--code", required=True)
@click.option("--name", required=True)
@shell_command
def add_new_company(code: str, name: str) -> dict[str, Any]:
    """Add a company to the park, with the customary hours of every shift."""
    settings, now = _settings(), _clock().now()

    def work(session: Session) -> int:
        return found_company(
            session,
            code,
            name,
            park_name=settings.name,
            from_on=local_day(now, settings.timezone),
            actor=SHELL,
            now=now,
        )

    return {"company_id": transact(work), "company": code, "name": name}


@workforce_cli.command("list")
@click.option("--company", required=True, help="Code of the company.")
@shell_command
def list_workers_of(company: str) -> list[dict[str, Any]]:
    """List every worker of a company."""
    found = _company(company)
    return [_listed(one, found) for one in list_roster(db.session(), found.id, today())]


@workforce_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", required=True, help="Code of the company.")
@click.option(
    "--sheet", "sheets", multiple=True, help="Read this sheet; else each that names new people."
)
@click.option("--commit", is_flag=True, help="Save; without it nothing changes.")
@click.option("--end-work", is_flag=True, help="Also end the work of those marked as having left.")
@click.option(
    "--problems",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows left out, with the reason, to this .xlsx.",
)
@shell_command
def import_list(
    file: Path,
    company: str,
    *,
    sheets: tuple[str, ...],
    commit: bool,
    end_work: bool,
    problems: Path | None,
) -> dict[str, Any]:
    """Read a staff list and say what it would change; with --commit, change it."""
    found_in = _company(company)
    sheet = named_sheets(find_lists(read_workbook(file, ReadLimits())), sheets)
    # Nobody can be asked here: what was decoded is told, cell by cell, before --commit.
    decisions = Decisions(decodes_fonts=True)
    found = understand(db.session(), sheet, found_in, decisions, today=today())
    if found.missing or found.plan is None or found.reading is None:
        raise ColumnsMissing(fields=list(found.missing))
    if problems is not None:
        header = [(column.index, column.heading) for column in found.columns.columns]
        left_out = left_out_rows(found.reading.left_out, found.problems)
        write_left_out(problems, header, left_out, sheet.row_place)
    if commit:
        _save(file.name, sheet, found_in, found, ends_work=end_work)
    return _told(found, sheet, committed=commit, ends_work=end_work)


@workforce_cli.command("undo-import")
@click.argument("import_id")
@shell_command
def undo_import(import_id: str) -> dict[str, Any]:
    """Undo a saved staff list: whoever nobody changed since is as before."""
    if find_import_path(db.session(), import_id) is None:
        raise NotFound
    desk = Desk(transact, db.session, _clock(), _settings())
    start = functools.partial(start_undoing, import_id=import_id, actor=SHELL, now=desk.clock.now())
    transact(start)
    undo_list(desk, import_id)
    db.session.rollback()
    undone = count_undone(db.session(), import_id)
    return {"import_id": import_id} | {
        str(outcome): undone.get(outcome, 0)
        for outcome in UndoOutcome
        if outcome is not UndoOutcome.WAITING
    }


def _save(
    file_name: str, sheet: FoundSheet, company: Company, found: Understanding, *, ends_work: bool
) -> None:
    clock = _clock()
    desk = Desk(transact, db.session, clock, _settings())
    begin = functools.partial(
        begin_import,
        company_id=company.id,
        file_name=file_name,
        sheet_name=sheet.name,
        actor=SHELL,
        now=clock.now(),
    )
    import_id = transact(begin)
    stage_understanding(desk, import_id, found, sheet)
    start = functools.partial(
        start_saving,
        import_id=import_id,
        ends_work=ends_work,
        roster_mark=found.roster_mark,
        now=clock.now(),
    )
    try:
        transact(start)
    except Refusal as refusal:
        transact(functools.partial(cancel_import, import_id=import_id, now=clock.now()))
        sweep(desk, import_id)
        if isinstance(refusal, NothingToSave):
            return
        raise
    save_list(desk, import_id)


def _told(
    found: Understanding, sheet: FoundSheet, *, committed: bool, ends_work: bool
) -> dict[str, Any]:
    plan, reading = found.plan, found.reading
    if plan is None or reading is None:
        raise ColumnsMissing(fields=list(found.missing))
    only_leaving = sum(outcome_of(one) is RowOutcome.LEAVING for one in plan.updated)
    stays = 0 if ends_work else only_leaving
    return {
        "rows": len(reading.rows) + len(reading.left_out),
        "created": len(plan.created),
        "updated": len(plan.updated) - stays,
        "unchanged": len(plan.unchanged) + stays,
        "left_out": len(reading.left_out),
        "already_left": len(plan.already_left),
        "leaving": sum(leaves(one) for one in plan.updated),
        "not_in_file": sum(not one.particulars.has_left for one in plan.not_in_file),
        "committed": committed,
        "sheets": [one.name for one in sheet.sheets if one.is_chosen],
        "problems": [
            {
                "sheet": sheet.row_place(one.row)[0],
                "row": sheet.row_place(one.row)[1],
                "column": one.column,
                "code": one.code,
                "value": one.value,
                "suggestion": one.suggestion,
                "severity": one.severity,
            }
            for one in found.problems
        ],
    }


def _listed(listed: ListedWorker, company: Company) -> dict[str, Any]:
    facts = listed.worker.particulars
    born = facts.born_on.isoformat() if facts.born_on else facts.birth_year
    return {
        "company": company.code,
        "badge": listed.worker.badge,
        "name": facts.name,
        "born": str(born) if born else None,
        "sex": facts.sex,
        "phone": facts.phone,
        "workshop": facts.workshop,
        "line": facts.line,
        "team": facts.team,
        "shift": listed.shift,
        "groups": list(listed.groups),
        "active": not facts.has_left,
    }


def _company(code: str) -> Company:
    found = find_company(db.session(), code)
    if found is None:
        raise NoSuchCompany(company=code)
    return company_of(found)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _clock() -> Clock:
    clock: Clock = current_app.extensions["clock"]
    return clock
