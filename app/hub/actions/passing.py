"""At a park without a Zalo account: what is due there is handed to the province, by the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.orm import Session

from app.delivery.actions.grants import rest_channels
from app.delivery.actions.sending import Claimed, claim_due, settle_failed
from app.delivery.channels.zalo_hub import ZaloHub
from app.delivery.models import SENDING_ROWS, Attempt, ChannelState, Delivery, Message
from app.delivery.queries.channels import is_open
from app.delivery.rules import ChannelName, ChannelStep, Lane
from app.delivery.rules.retries import URGENT_PATIENCE
from app.delivery.rules.zalo import NO_PROVINCE
from app.extensions import blind_index, upsert
from app.hub.models import HubPassed
from app.hub.rules.parcels import (
    LONGEST_TEXT,
    MOST_PARCELS,
    MOST_STOPPED,
    Parcel,
    parcels_body,
    stops_body,
)
from app.settings import Settings
from app.sync.actions.log import append_entry
from app.sync.gateways.boxing import box
from app.sync.models import ThisNode
from app.sync.rules import UpKind

AWAY = f"{ChannelStep.PAUSE} {NO_PROVINCE}"
# So many calls of the province in a row that came to nothing mean that it is away.
AWAY_AFTER = 2
# News may be on its way down for so long; what was not heard of by then may or may not have left.
NEWS_TAKES = timedelta(minutes=15)
HOLDER, PASSED = "province", "passed"


def pass_on_due(session: Session, channels: Mapping[ChannelName, ZaloHub], *, now: datetime) -> int:
    """Hand the next deliveries to the province, in one sealed entry; returns how many were taken.

    While the province is not there, nothing is: what waits here is known not to have been sent.
    """
    key = _key_of_province(session)
    _rest_or_go_on(session, list(channels), away=key is None, now=now)
    if key is None:
        return 0
    taken: list[Claimed] = []
    for lane in Lane:
        for name in channels:
            room = MOST_PARCELS - len(taken)
            if room and is_open(session, name, lane, now):
                taken += claim_due(session, name, lane, limit=room, holder=HOLDER, now=now)
    going = [each for each in taken if not _fails_here(session, channels, each, now)]
    if going:
        _hand_over(session, going, now)
        once = _once_keys(session, going)
        parcels = [_parcel(each, channels[each.channel], once.get(each.id)) for each in going]
        append_entry(session, UpKind.ZALO_OUT, {"jwe": box(parcels_body(parcels), key)}, now)
    return len(taken)


def stop_passed_on(session: Session, *, now: datetime) -> int:
    """Ask the province not to send what was handed on and is needed no more; returns how much.

    Its message was stopped, the person has answered or may not be written to any more.
    """
    key = _key_of_province(session, even_away=True)
    if key is None:
        return 0
    cut_short = and_(Delivery.expires_at <= now, Delivery.lease_until > now + NEWS_TAKES)
    needless = or_(Message.stopped_at.is_not(None), Delivery.answered_at.is_not(None), cut_short)
    refs = session.scalars(
        select(HubPassed.delivery_id)
        .join(Delivery, Delivery.id == HubPassed.delivery_id)
        .join(Message, Message.id == Delivery.message_id)
        .where(text(f"delivery.{SENDING_ROWS}"), HubPassed.stop_at.is_(None), needless)
        .order_by(HubPassed.delivery_id)
        .limit(MOST_STOPPED)
    ).all()
    if refs:
        append_entry(session, UpKind.ZALO_STOP, {"jwe": box(stops_body(refs), key)}, now)
        session.execute(
            update(HubPassed).where(HubPassed.delivery_id.in_(refs)).values(stop_at=now),
            execution_options={"synchronize_session": False},
        )
    return len(refs)


def _key_of_province(session: Session, *, even_away: bool = False) -> dict[str, str] | None:
    """The key to seal for the province with; None while there is none that answers."""
    node = session.scalars(select(ThisNode)).first()
    settings: Settings = session.info["settings"]
    if node is None or node.enrolled_at is None:
        return None
    if not (settings.upstream_url or node.upstream_url):
        return None
    if max(node.failures, node.pull_failures) >= AWAY_AFTER and not even_away:
        return None
    key: dict[str, str] | None = node.upstream_keys.get("box_key")
    return key


def _rest_or_go_on(
    session: Session, names: Sequence[ChannelName], *, away: bool, now: datetime
) -> None:
    """Its channels rest while the province is away; who looks for another road sees that."""
    states = {
        state.channel: state
        for state in session.scalars(select(ChannelState).where(ChannelState.channel.in_(names)))
    }
    resting = [name for name in names if name in states and states[name].pause_reason == AWAY]
    if away and len(resting) < len(names):
        rest_channels(session, names, AWAY, until=None, now=now)
    for name in [] if away else resting:
        state = states[name]
        state.paused, state.pause_reason, state.resume_at = False, None, None


def _fails_here(
    session: Session, channels: Mapping[ChannelName, ZaloHub], claimed: Claimed, now: datetime
) -> bool:
    """Whether it would come to nothing anyway: then its next road is looked for at once."""
    problem = channels[claimed.channel].can_reach(None, claimed.out, now)
    if problem is not None:
        settle_failed(session, claimed, problem, jitter=0.0, now=now)
    return problem is not None


def _hand_over(session: Session, going: Sequence[Claimed], now: datetime) -> None:
    """From here on only the province can tell what became of these."""
    look = {True: {"look_at": now + URGENT_PATIENCE}, False: {}}
    for urgent, more in look.items():
        rows = [
            {"id": each.id, "lease_until": (each.out.expires_at or now) + NEWS_TAKES, **more}
            for each in going
            if (each.lane is Lane.URGENT) is urgent
        ]
        if rows:
            session.execute(update(Delivery), rows)
    session.execute(
        update(Attempt)
        .where(Attempt.delivery_id.in_([each.id for each in going]), Attempt.ended_at.is_(None))
        .values(outcome=PASSED, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        upsert(session, HubPassed).on_conflict_do_nothing(index_elements=["delivery_id"]),
        [{"delivery_id": each.id, "passed_at": now, "rev": 0} for each in going],
    )


def _once_keys(session: Session, going: Sequence[Claimed]) -> dict[str, str]:
    """Digests of what may go out once: the keys themselves name people."""
    rows = session.execute(
        select(Delivery.id, Delivery.once_key)
        .where(Delivery.id.in_([each.id for each in going]))
        .where(Delivery.once_key.is_not(None))
    )
    return {delivery_id: blind_index(once or "") for delivery_id, once in rows}


def _parcel(claimed: Claimed, channel: ZaloHub, once: str | None) -> Parcel:
    out = claimed.out
    assert out.expires_at is not None  # noqa: S101 - the ledger gives every delivery an end
    return Parcel(
        claimed.id,
        claimed.channel,
        claimed.lane,
        out.expires_at,
        out.address,
        out.text[:LONGEST_TEXT],
        out.title,
        channel.road.link,
        once,
        out.last_inbound_at,
    )
