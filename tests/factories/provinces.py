"""A province with parks that sent what a test says."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.rules import BranchKind, Role
from app.checkins.rules import Counts
from app.kernel.ids import new_id
from app.sync.models import KnownNode, Summary
from app.sync.rules import CompanyFigures, day_summary, shift_summary
from app.web.transaction import transact
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node
from tests.factories.people import make_officer

TODAY = date(2026, 11, 24)  # 05:10 in the province
BIG = Counts(
    expected=100, answered=80, on_time=70, absent=10, not_asked=0, green=75, amber=3, red=2
)
SMALL = Counts(expected=8, answered=7, on_time=7, absent=0, not_asked=0, green=6, amber=0, red=1)
NOBODY = Counts(expected=50, answered=0, on_time=0, absent=0, not_asked=0, green=0, amber=0, red=0)
Sent = dict[str, Counts]


class Province:
    """The province with parks that sent what a test says."""

    def __init__(self, node: Node) -> None:
        self.node, self.now = node, node.clock.at

    def write(self, work: Callable[[Session], Any]) -> Any:
        with self.node.app.app_context():
            return transact(work)

    def park(self, name: str, as_of: datetime | None = None) -> str:
        node = new_id(self.now)

        def work(session: Session) -> None:
            row = KnownNode(node=node, name=name, sign_key={}, box_key={}, enrolled_at=self.now)
            row.last_contact_at = row.as_of = as_of
            session.add(row)

        self.write(work)
        return node

    def send(
        self,
        node: str,
        on: date,
        shifts: Sequence[Sent],
        *,
        hours_ago: float = 1,
        total: bool = True,
        missing: Sequence[str] = (),
        final: bool = True,
    ) -> None:
        """Shifts of a day, from shift 1 on, and their day total."""
        as_of = self.now - timedelta(hours=hours_ago)
        codes = list(ShiftCode)[: len(shifts)]
        made: list[dict[str, Any]] = [
            shift_summary(
                on=on,
                shift=code,
                starts_at=as_of - timedelta(hours=1),
                ends_at=as_of + timedelta(hours=7),
                final=final,
                as_of=as_of,
                figures=[CompanyFigures(name, counts) for name, counts in sent.items()],
                missing=missing,
            )
            for code, sent in zip(codes, shifts, strict=True)
        ]
        if total:
            made.append(day_summary(on=on, final=final, as_of=as_of, shifts=made, revision=3))

        def work(session: Session) -> None:
            for body in made:
                session.add(
                    Summary(
                        id=new_id(self.now),
                        node=node,
                        on=on,
                        shift=body["shift"] or "",
                        revision=body["revision"],
                        final=body["final"],
                        as_of=as_of,
                        received_at=as_of + timedelta(minutes=2),
                        checked_at=as_of,
                        seqs=[1],
                        body=body,
                    )
                )
            park = session.get_one(KnownNode, node)
            park.as_of = max(park.as_of or as_of, as_of)
            park.last_contact_at = as_of + timedelta(minutes=2)

        self.write(work)

    def staff(self) -> None:
        """Thu of the province, and Minh who keeps the server."""

        def work(session: Session) -> None:
            root = add_branch(session, None, BranchKind.PARK, "BG", "Tỉnh Bắc Giang")
            make_officer(session, root.id, Role.PROVINCE_STAFF, "thu", "Hà Thị Thu", self.now)
            make_officer(session, root.id, Role.ADMIN, "minh", "Lê Văn Minh", self.now)

        self.write(work)
