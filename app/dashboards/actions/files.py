"""Files of figures: asked for, written beside the pages, kept a week for their owner."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.dashboards.gateways.figures_files import figures_path, writing
from app.dashboards.models import FiguresFile
from app.dashboards.queries.files import UnitShift, find_file, list_unit_shifts
from app.dashboards.rules.files import FileState, FileUnderWay, is_cut_off
from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.ids import new_id
from app.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileDesk:
    """What writing needs: `run` commits one short work, `read` gives a session."""

    run: Callable[[Callable[[Session], Any]], Any]
    read: Callable[[], Session]
    clock: Clock
    settings: Settings


def ask_file(
    session: Session, wanted: Mapping[str, Any], total: int, *, actor: Actor, now: datetime
) -> str:
    """Ask for a file of about so many rows; one at a time and account."""
    last = session.scalars(
        select(FiguresFile.touched_at).where(
            FiguresFile.account_id == actor.account_id, FiguresFile.state == FileState.ASKED
        )
    ).all()
    if any(not is_cut_off(each, now) for each in last):
        raise FileUnderWay
    file_id = new_id(now)
    session.execute(
        insert(FiguresFile).values(
            id=file_id,
            account_id=actor.account_id,
            asked_at=now,
            wanted=dict(wanted),
            state=FileState.ASKED,
            done=0,
            total=total,
            touched_at=now,
        )
    )
    return file_id


def write_file(desk: FileDesk, file_id: str) -> None:
    """Write a file from its first row, company by company, each read at one moment."""
    file = find_file(desk.read(), file_id)
    if file is None or file.state is not FileState.ASKED:
        return
    wanted = file.wanted
    from_on, to_on = (date.fromisoformat(wanted[name]) for name in ("from", "to"))
    done = 0
    with writing(figures_path(desk.settings.instance, file_id), wanted["order"]) as sink:
        for company in wanted["companies"]:
            session = desk.read()
            rows = list_unit_shifts(
                session,
                company["id"],
                from_on,
                to_on,
                wanted["shift"],
                small_cell=desk.settings.small_cell if wanted["outside"] else 0,
            )
            session.rollback()
            if rows:
                sink.add([_cells(company, each, wanted["words"]) for each in rows])
            done += len(rows)
            _tell(desk, file_id, FileState.ASKED, done)
    _tell(desk, file_id, FileState.WRITTEN, done)


def write_or_give_up(desk: FileDesk, file_id: str) -> None:
    """Write a file; one that cannot be written says so to its owner."""
    try:
        write_file(desk, file_id)
    except Exception:
        log.exception("file %s could not be written", file_id)
        _tell(desk, file_id, FileState.FAILED, 0)


def _tell(desk: FileDesk, file_id: str, state: FileState, done: int) -> None:
    def work(session: Session) -> None:
        values: dict[str, Any] = {"state": state, "done": done, "touched_at": desk.clock.now()}
        if state is FileState.WRITTEN:
            values["total"] = done
        session.execute(
            update(FiguresFile)
            .where(FiguresFile.id == file_id, FiguresFile.state == FileState.ASKED)
            .values(**values)
        )

    desk.run(work)


def _cells(
    company: Mapping[str, Any], row: UnitShift, words: Mapping[str, str]
) -> list[str | int | float | None]:
    figures = row.figures
    unit = row.unit
    if row.direct:
        unit = words["direct"]
    elif row.lines > 1:
        unit = words["joined"].format(count=row.lines)
    return [
        company["name"],
        unit,
        company["code"],
        row.on.isoformat(),
        words[row.shift],
        figures.expected,
        figures.answered,
        figures.on_time,
        figures.absent,
        figures.not_asked,
        figures.not_answered,
        figures.share,
        *(row.reminders or (None, None, None)),
    ]


def drop_old_files(session: Session, before: datetime) -> list[str]:
    """Forget files asked for before a moment; returns their ids."""
    gone = session.scalars(select(FiguresFile.id).where(FiguresFile.asked_at < before)).all()
    session.execute(delete(FiguresFile).where(FiguresFile.id.in_(gone)))
    return list(gone)
