"""The job that tells whoever keeps the node what is wrong, without waiting to be asked."""

import logging
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.delivery.channels.staff_alert import StaffAlert
from app.delivery.registry import CODES, low_balances
from app.delivery.rules import ChannelError, ChannelName, Outbound
from app.delivery.rules.pausing import read_reason
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.settings import Settings
from app.upkeep.actions.facts import find_facts
from app.upkeep.actions.troubles import keep_told
from app.upkeep.gateways.machine import disk_free
from app.upkeep.queries.troubles import count_alerts, list_held, list_troubles
from app.upkeep.rules.node_state import find_problems
from app.upkeep.rules.troubles import (
    REST_OF_ONE,
    TOLD_OF_NODE,
    News,
    Trouble,
    TroubleKind,
    find_news,
)
from app.web.breakdowns import DatabaseUnavailable
from app.web.filters import moment, number
from app.web.sentences import sentence
from app.web.transaction import transact

log = logging.getLogger(__name__)
AN_HOUR = timedelta(hours=1)
RESTS_UNTIL = "alerts_rest_until"


def alert_staff() -> bool:
    """The job: tell what is newly wrong and what is over; whether anything was told."""
    channels = current_app.extensions["channels"]
    channel = channels.get(ChannelName.STAFF_ALERT)
    if not isinstance(channel, StaffAlert):
        return False
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    if now < current_app.extensions.get(RESTS_UNTIL, now):
        return False
    session = db.session()
    problems = find_problems(find_facts(session, settings, current_app.extensions))
    found = [
        Trouble(TroubleKind.NODE, problem.code, {"params": problem.params})
        for problem in problems
        if problem.code in TOLD_OF_NODE
    ]
    found += list_troubles(
        session,
        settings,
        [name for name in channels if name is not ChannelName.STAFF_ALERT],
        low_balances=low_balances(channels),
        disk_free=disk_free(settings.instance),
        sync_silence=channel.group.sync_silence,
        now=now,
    )
    news = find_news(found, list_held(session), count_alerts(session, now - AN_HOUR), now)
    if not news:
        return False
    db.session.remove()  # nothing is held open while others are called
    try:
        channel.send(_alert(news, settings, now))
    except ChannelError as problem:
        log.error("nobody took the alert: %s", problem)
        return False

    def work(session: Session) -> None:
        keep_told(session, news, now=now)

    try:
        transact(work)
    except DatabaseUnavailable as refusal:
        # Nobody would remember that it was told: without a rest it would be told every minute.
        current_app.extensions[RESTS_UNTIL] = now + REST_OF_ONE
        log.error("that it was told could not be kept: %s", refusal.code)
    return True


def _alert(news: News, settings: Settings, now: datetime) -> Outbound:
    with force_locale(settings.locale):
        lines = [_line(each, settings, now) for each in news.wrong]
        lines += [str(_("Đã ổn: %(what)s", what=_name(key))) for key in news.over]
        title = str(_("An Ca – %(node)s: việc cần xem", node=settings.name))
    return Outbound(new_id(now), "", "\n".join(lines), title=title)


def _line(trouble: Trouble, settings: Settings, now: datetime) -> str:
    told, name = trouble.told, _name(trouble.key)
    zone = settings.timezone
    at = moment(told.get("at"), zone, today=local_day(now, zone)) if told.get("at") else ""
    match trouble.kind:
        case TroubleKind.CHANNEL_PAUSED | TroubleKind.CHANNEL_ILL:
            code = read_reason(told["reason"]).code if _paused(trouble) else told["reason"]
            table = CODES.get(ChannelName(trouble.subject))
            words = table.words_of(code) if table else ""
            why = f"{_(words)} ({code})" if words else code or "–"
            if _paused(trouble):
                return str(_("%(what)s đang dừng từ %(at)s: %(why)s", what=name, at=at, why=why))
            return str(_("%(what)s không gửi được: %(why)s", what=name, why=why))
        case TroubleKind.BALANCE_LOW:
            left = number(told["left"], settings.locale)
            return str(_("%(what)s chỉ còn %(left)s đồng", what=name, left=left))
        case TroubleKind.BACKUP_FAILED | TroubleKind.COPY_FAILED:
            failed = _("%(what)s lúc %(at)s không thành công", what=name, at=at)
            return f"{failed}: {sentence(told['reason'], {})}"
        case TroubleKind.DISK_LOW:
            left = number(told["left"], settings.locale)
            return str(_("%(what)s chỉ còn %(left)s MB", what=name, left=left))
        case TroubleKind.NODE:
            return sentence(trouble.subject, told["params"])
        case TroubleKind.SYNC_SILENT:
            return str(_("%(what)s: không liên lạc được từ %(at)s", what=name, at=at))


def _paused(trouble: Trouble) -> bool:
    return trouble.kind is TroubleKind.CHANNEL_PAUSED


def _name(key: str) -> str:
    kind, _colon, subject = key.partition(":")
    match TroubleKind(kind):
        case TroubleKind.CHANNEL_PAUSED | TroubleKind.CHANNEL_ILL:
            return str(_("Kênh %(name)s", name=subject))
        case TroubleKind.BALANCE_LOW:
            return str(_("Tài khoản của kênh %(name)s", name=subject))
        case TroubleKind.BACKUP_FAILED:
            return str(_("Sao lưu"))
        case TroubleKind.COPY_FAILED:
            return str(_("Chép bản sao lưu sang nơi thứ hai"))
        case TroubleKind.DISK_LOW:
            return str(_("Ổ đĩa máy chủ"))
        case TroubleKind.NODE:
            return _part_of_node(subject)
        case TroubleKind.SYNC_SILENT:
            return str(_("Kênh tỉnh"))


def _part_of_node(code: str) -> str:
    if "clock" in code:
        return str(_("Đồng hồ máy chủ"))
    if "certificate" in code:
        return str(_("Chứng chỉ HTTPS"))
    if "keys" in code:
        return str(_("Tệp khoá"))
    return str(_("Tệp dữ liệu"))
