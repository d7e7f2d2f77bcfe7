"""Notices by their names in CAP, and what of one goes out as a CAP file."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.branches import find_park
from app.kernel.refusals import NotFound
from app.notices.models import Notice, NoticeTarget
from app.notices.rules.cap import Reference
from app.notices.rules.cap.exporting import NoticeTold, Place
from app.notices.rules.cap.importing import reference_key


def find_imported(session: Session, reference: Reference) -> str | None:
    """The notice that an alert of this name became."""
    sender, identifier, sent = reference_key(reference)
    return session.scalar(
        select(Notice.id).where(
            Notice.cap_sender == sender,
            Notice.cap_identifier == identifier,
            Notice.cap_sent == sent,
        )
    )


def list_referenced(
    session: Session, references: Iterable[Reference], branch_path: str
) -> list[str]:
    """Notices at or under a branch that these alerts became, in the order they are named."""
    ids = [find_imported(session, each) for each in references]
    return [each for each in ids if each is not None and _is_under(session, each, branch_path)]


def _is_under(session: Session, notice_id: str, path: str) -> bool:
    found = session.scalar(
        select(Branch.path)
        .join(Notice, Notice.branch_id == Branch.id)
        .where(Notice.id == notice_id)
    )
    return found is not None and found.startswith(path)


def get_told(session: Session, notice_id: str) -> NoticeTold:
    """What of a notice goes out, without anybody's name."""
    row = session.get(Notice, notice_id)
    if row is None:
        raise NotFound
    earlier = session.get(Notice, row.corrects_id) if row.corrects_id else None
    places = session.execute(
        select(Branch.code, Branch.name)
        .join(NoticeTarget, NoticeTarget.branch_id == Branch.id)
        .where(NoticeTarget.notice_id == notice_id)
        .order_by(NoticeTarget.n)
    ).all()
    return NoticeTold(
        row.id,
        row.kind,
        row.titles,
        row.texts,
        row.severity,
        row.urgency,
        row.certainty,
        row.sender,
        row.cap_sender or "",
        row.written_at,
        row.begun_at,
        row.expires_at,
        (earlier.id, earlier.begun_at or earlier.written_at) if earlier else None,
        [Place(*each) for each in dict.fromkeys((place.code, place.name) for place in places)],
    )


def park_code(session: Session) -> str:
    """The code of this park; empty before it has one."""
    park = find_park(session)
    return park.code if park else ""
