"""The page of channels: which are set up, how they do, and what to do when one does not send."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.delivery.actions.channels import begin_try, pause_channel, resume_channel
from app.delivery.channels.web_push import WebPush
from app.delivery.grants import TOGETHER, make_ready, renew
from app.delivery.queries.channels import ChannelFacts, find_channel_facts
from app.delivery.queries.phones import count_phones
from app.delivery.registry import (
    READERS,
    UNCONFIRMED,
    Channels,
    low_balances,
    office_of,
    problem_of,
)
from app.delivery.rules import (
    Accepted,
    AuthExpired,
    Channel,
    ChannelError,
    ChannelName,
    Outbound,
)
from app.delivery.rules.pausing import TooManyTries, read_reason
from app.delivery.rules.push import BadSubscription, read_subscription
from app.extensions import db
from app.hub.queries.figures import find_parcel_facts
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import squeeze
from app.settings import NodeRole, Settings
from app.upkeep.views.channel_words import (
    CHANNEL_NAMES,
    CHANNEL_SETTINGS,
    code_text,
    failure_text,
    rest_text,
)
from app.web.access import access, current_actor
from app.web.filters import clock, moment
from app.web.language import current_language
from app.web.sentences import sentence
from app.web.transaction import transact

upkeep_channels = Blueprint("upkeep_channels", __name__, url_prefix="/admin/channels")
# A province has no workers: it sends over Zalo for its parks.
OF_PARKS = ("sent", "failed", "waiting", "last_minute")
LONGEST_ADDRESS, LONGEST_SUBSCRIPTION = 200, 4096


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A channel on the page; `problem` is what its settings lack, in the words of the settings.

    `words`: what the provider's code means that it rests for. `trouble`: what it said of itself
    when it was last looked at. `unconfirmed`: what of its documents was never tried. `low_balance`:
    below how much money, in VND, somebody is told.
    """

    name: ChannelName
    title: str
    settings: str
    channel: Channel | None
    problem: str
    facts: ChannelFacts
    why: str = ""
    words: str = ""
    trouble: str = ""
    unconfirmed: tuple[str, ...] = ()
    low_balance: int = 0

    @property
    def is_low(self) -> bool:
        """Whether so little money is left that somebody must pay."""
        return self.facts.balance is not None and self.facts.balance < self.low_balance


@upkeep_channels.get("")
@access(Permission.MANAGE_NODE)
def show_channels() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    shown = [_shown(name, settings, now) for name in READERS]
    push = _channels().get(ChannelName.WEB_PUSH)
    return render_template(
        "upkeep/show_channels.html",
        channels=shown,
        phones=count_phones(db.session()),
        push_key=push.keys.public if isinstance(push, WebPush) else "",
        account_channels=frozenset(TOGETHER if office_of(_channels()) else ()),
    )


def _shown(name: ChannelName, settings: Settings, now: datetime) -> ShownChannel:
    zone = settings.timezone
    today = local_day(now, zone)
    midnight, hour = datetime.combine(today, time(), zone), now - timedelta(hours=1)
    month = midnight.replace(day=1)
    facts = find_channel_facts(db.session(), name, today=midnight, hour=hour, month=month, now=now)
    if settings.role is NodeRole.PROVINCE and name in TOGETHER:
        of_parks = find_parcel_facts(db.session(), name, today=midnight, hour=hour, now=now)
        facts = replace(facts, **{each: getattr(of_parks, each) for each in OF_PARKS})
    rest = read_reason(facts.reason)
    until = moment(facts.resume_at, zone, today=today)
    return ShownChannel(
        name,
        CHANNEL_NAMES[name],
        CHANNEL_SETTINGS[name],
        _channels().get(name),
        problem_of(settings, name),
        facts,
        rest_text(rest, until) if facts.paused else "",
        code_text(name, rest.code) if facts.paused else "",
        code_text(name, facts.problem) or facts.problem,
        tuple(str(_(text)) for text in UNCONFIRMED.get(name, ())),
        low_balances(_channels()).get(name, 0),
    )


@upkeep_channels.post("/<channel>/pause")
@access(Permission.MANAGE_NODE)
def pause(channel: str) -> ResponseReturnValue:
    name, actor, now = _known(channel).name, current_actor(), _now()

    def work(session: Session) -> None:
        pause_channel(session, name, actor=actor, now=now)

    transact(work)
    told = _("Đã tạm dừng %(channel)s. Tin vẫn nằm trong hàng chờ.", channel=CHANNEL_NAMES[name])
    undo = url_for("upkeep_channels.resume", channel=channel)
    flash({"text": told, "undo_url": undo})  # type: ignore[arg-type]
    return redirect(url_for("upkeep_channels.show_channels"))


@upkeep_channels.post("/<channel>/resume")
@access(Permission.MANAGE_NODE)
def resume(channel: str) -> ResponseReturnValue:
    name, actor, now = _known(channel).name, current_actor(), _now()

    def work(session: Session) -> None:
        resume_channel(session, name, actor=actor, now=now)

    transact(work)
    told = _("%(channel)s gửi tiếp.", channel=CHANNEL_NAMES[name])
    undo = url_for("upkeep_channels.pause", channel=channel)
    flash({"text": told, "undo_url": undo})  # type: ignore[arg-type]
    return redirect(url_for("upkeep_channels.show_channels"))


@upkeep_channels.post("/<channel>/try")
@access(Permission.MANAGE_NODE)
def try_out(channel: str) -> ResponseReturnValue:
    """Send one message to an address that was typed in, and say what became of it.

    A bell rings in the browser that asks for it and nowhere else: nothing of that is kept.
    """
    found, actor, now = _known(channel), current_actor(), _now()
    try:
        address = _address(found)
    except BadSubscription as refusal:
        flash(sentence(refusal.code, refusal.params))
        return redirect(url_for("upkeep_channels.show_channels"))
    out = Outbound(new_id(now), address, _text(now), title=_("Tin thử từ An Ca"), test_mode=True)
    unreachable = found.can_reach(None, out, now)
    if unreachable is not None:
        flash(failure_text(unreachable))
        return redirect(url_for("upkeep_channels.show_channels"))

    def work(session: Session) -> None:
        begin_try(session, found.name, address, actor=actor, now=now)

    try:
        transact(work)
    except TooManyTries as refusal:
        flash(sentence(refusal.code, refusal.params))
        return redirect(url_for("upkeep_channels.show_channels"))
    flash(_tried(found, out))
    return redirect(url_for("upkeep_channels.show_channels"))


def _address(channel: Channel) -> str:
    """Where a test goes: what was typed, or where this browser says that it rings."""
    given = request.form.get("address", "")
    if not isinstance(channel, WebPush):
        return squeeze(given)[:LONGEST_ADDRESS]
    try:
        told = json.loads(given[:LONGEST_SUBSCRIPTION])
    except ValueError:
        raise BadSubscription from None
    return read_subscription(told, current_language(), channel.group.hosts).as_address()


def _tried(channel: Channel, out: Outbound) -> str:
    try:
        accepted = _send(channel, out)
    except ChannelError as problem:
        words = code_text(channel.name, problem.code)
        return f"{failure_text(problem)} {words}".strip()
    finally:
        rest = getattr(channel, "rest", None)
        if rest is not None:
            rest()
    number = accepted.external_ids[0] if accepted.external_ids else "–"
    told = _("Nhà cung cấp đã nhận tin thử (mã %(number)s). Kiểm tra máy nhận.", number=number)
    return str(told)


def _send(channel: Channel, out: Outbound) -> Accepted:
    """Send with the token that holds now, renewed once where it is refused."""
    of_this = {channel.name: channel}
    make_ready(of_this, _now)
    try:
        return channel.send(out)
    except AuthExpired as problem:
        office = office_of(of_this)
        if office is None or not problem.renewable:
            raise
        renew(office, problem.used, _now)
    return channel.send(out)


def _text(now: datetime) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    at = clock(now, settings.timezone)
    return str(_("%(park)s: tin thử gửi lúc %(clock)s.", park=settings.name, clock=at))


def _channels() -> Channels:
    channels: Channels = current_app.extensions["channels"]
    return channels


def _known(name: str) -> Channel:
    """A channel of this page that is set up."""
    channel = _channels().get(ChannelName(name)) if name in set(READERS) else None
    if channel is None:
        raise NotFound
    return channel


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now
