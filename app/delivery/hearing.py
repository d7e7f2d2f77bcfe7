"""What Zalo told has its effect, some at a time; and what its templates are by now."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.delivery.actions.grants import count_signature, keep_templates
from app.delivery.actions.reports import WAITS_FOR_ITS_MESSAGE, close_event
from app.delivery.actions.zalo_calls import apply_zalo_call
from app.delivery.channels.zalo_office import ZaloOffice
from app.delivery.grants import make_ready
from app.delivery.queries import find_grant_facts, list_calls
from app.delivery.registry import Channels, office_of
from app.delivery.rules import ChannelError
from app.delivery.rules.grants import ZALO
from app.delivery.rules.zalo_calls import FOLLOWS, read_zalo_call
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
HEARD_AT_ONCE = 100
# Not after a number was shared that nobody has: whoever asks again then asks for ever.
ASKED_AFTER = frozenset({FOLLOWS, "user_send_text"})


def hear_zalo(channels: Channels, at: Callable[[], datetime]) -> None:
    """Let what Zalo told have its effect, once each; read its templates anew where they changed."""
    office = office_of(channels)
    if office is None:
        return
    if office.has_unasked:
        make_ready(channels, at)
        office.ask_all(())
    place = 0
    while told := list_calls(db.session(), ZALO, after=place, limit=HEARD_AT_ONCE):
        place = told[-1][0]
        now = at()

        def work(
            session: Session,
            told: Sequence[tuple[int, datetime, str]] = told,
            oa_id: str = office.account.oa_id,
            now: datetime = now,
        ) -> list[str]:
            return _apply(session, told, oa_id, now)

        _ask(office, transact(work), channels, at)
    facts = find_grant_facts(db.session(), ZALO)
    if facts is not None and facts.grant.version and facts.templates_at is None:
        make_ready(channels, at)
        learn_templates(office, at())


def learn_templates(office: ZaloOffice, now: datetime) -> str:
    """Ask Zalo for its templates and their state; the code of what went wrong, else nothing."""
    problem = ""
    try:
        found = office.list_templates()
    except ChannelError as fault:
        log.warning("Zalo did not list its templates: %s", fault)
        found, problem = None, fault.code or "-"

    def work(session: Session) -> None:
        keep_templates(session, ZALO, found, now=now)

    transact(work)
    return problem


def _ask(
    office: ZaloOffice, unknown: Sequence[str], channels: Channels, at: Callable[[], datetime]
) -> None:
    """Ask whom nobody knows to share the number of their account: by that they are linked."""
    if not unknown or office.account.asking is None:
        return
    make_ready(channels, at)
    office.ask_all(unknown)


def _apply(
    session: Session, told: Sequence[tuple[int, datetime, str]], oa_id: str, now: datetime
) -> list[str]:
    """Let some events have their effect; the Zalo ids that wrote or follow and nobody has."""
    variants: Counter[str] = Counter()
    unknown: list[str] = []
    for event_id, received_at, raw in told:
        kept = json.loads(raw)
        call = read_zalo_call(kept["body"], oa_id=oa_id, received_at=received_at)
        outcome = apply_zalo_call(session, call, now=now) if call is not None else "nothing"
        if outcome == "unknown" and now - received_at < WAITS_FOR_ITS_MESSAGE:
            continue
        close_event(session, event_id, outcome, now=now)
        variants[kept["signed"]] += 1
        if call is not None and outcome == "nobody" and call.event in ASKED_AFTER:
            unknown.append(call.uid)
    for variant, count in variants.items():
        count_signature(session, ZALO, variant, count)
    return unknown
