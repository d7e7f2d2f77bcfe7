"""The one table of channels, built from the settings; nothing else names a channel's file."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from app.delivery.channels import sms_esms, sms_gsm, sms_speedsms, web_push
from app.delivery.channels.email import Email, SmtpGroup, read_smtp
from app.delivery.channels.in_app import InApp
from app.delivery.channels.push_sealing import PushKeys
from app.delivery.channels.sms_esms import EsmsGroup, SmsEsms, read_esms
from app.delivery.channels.sms_group import SmsGroup, read_sms
from app.delivery.channels.sms_gsm import GsmGroup, SmsGsm, read_gsm
from app.delivery.channels.sms_http import SmsHttp
from app.delivery.channels.sms_speedsms import SmsSpeedsms, SpeedGroup, read_speedsms
from app.delivery.channels.staff_alert import AlertGroup, StaffAlert, read_alerts
from app.delivery.channels.web_push import PushGroup, WebPush, read_push
from app.delivery.channels.zalo_channel import ZaloChannel
from app.delivery.channels.zalo_codes import zalo_codes
from app.delivery.channels.zalo_cs import ZaloCs
from app.delivery.channels.zalo_group import (
    HubRoad,
    ZaloRoad,
    read_zalo_cs,
    read_zalo_phone,
    read_zalo_uid,
)
from app.delivery.channels.zalo_hub import ZaloHub
from app.delivery.channels.zalo_office import ZaloOffice
from app.delivery.channels.zalo_tpl_phone import ZaloTemplateByPhone
from app.delivery.channels.zalo_tpl_uid import ZaloTemplateByUid
from app.delivery.rules import Channel, ChannelName, Lane
from app.delivery.rules.codes import CodeTable
from app.delivery.rules.roads import QuietHours, Roads
from app.delivery.rules.zalo import OA, PHONE, UNCONFIRMED_CS, UNCONFIRMED_PHONE, UNCONFIRMED_UID
from app.settings import Settings, UnsafeSetting

log = logging.getLogger(__name__)
Channels = Mapping[ChannelName, Channel]
Group = (
    SmsGroup
    | EsmsGroup
    | SpeedGroup
    | SmtpGroup
    | PushGroup
    | GsmGroup
    | AlertGroup
    | ZaloRoad
    | HubRoad
)
# Handed over by the write that says so: no call that could fail, no lease that could run out.
IN_HOUSE = frozenset({ChannelName.IN_APP, ChannelName.PAPER})
# Who has both hears of it first by what rings in a pocket.
READERS: Mapping[ChannelName, Callable[[Mapping[str, str]], Group | None]] = {
    ChannelName.WEB_PUSH: read_push,
    ChannelName.ZALO_CS: read_zalo_cs,
    ChannelName.ZALO_TPL_UID: read_zalo_uid,
    ChannelName.ZALO_TPL_PHONE: read_zalo_phone,
    ChannelName.SMS_ESMS: read_esms,
    ChannelName.SMS_SPEEDSMS: read_speedsms,
    ChannelName.SMS_GSM: read_gsm,
    ChannelName.SMS_HTTP: read_sms,
    ChannelName.EMAIL: read_smtp,
    ChannelName.STAFF_ALERT: read_alerts,
}
# All three are one account: one grant, one pace.
ZALO: Mapping[ChannelName, type[ZaloChannel]] = {
    ChannelName.ZALO_CS: ZaloCs,
    ChannelName.ZALO_TPL_UID: ZaloTemplateByUid,
    ChannelName.ZALO_TPL_PHONE: ZaloTemplateByPhone,
}


# What every code of a provider means; and what of its documents nobody has tried with an account.
CODES: Mapping[ChannelName, CodeTable] = {
    ChannelName.WEB_PUSH: web_push.CODES,
    ChannelName.ZALO_CS: zalo_codes(OA),
    ChannelName.ZALO_TPL_UID: zalo_codes(OA),
    ChannelName.ZALO_TPL_PHONE: zalo_codes(PHONE),
    ChannelName.SMS_ESMS: sms_esms.CODES,
    ChannelName.SMS_SPEEDSMS: sms_speedsms.CODES,
    ChannelName.SMS_GSM: sms_gsm.CODES,
}
UNCONFIRMED: Mapping[ChannelName, tuple[str, ...]] = {
    ChannelName.ZALO_CS: UNCONFIRMED_CS,
    ChannelName.ZALO_TPL_UID: UNCONFIRMED_UID,
    ChannelName.ZALO_TPL_PHONE: UNCONFIRMED_PHONE,
    ChannelName.SMS_ESMS: sms_esms.UNCONFIRMED,
    ChannelName.SMS_SPEEDSMS: sms_speedsms.UNCONFIRMED,
    ChannelName.SMS_GSM: sms_gsm.UNCONFIRMED,
}


def refuse_unsafe_channels(settings: Settings) -> None:
    """Refuse, naming the setting, a channel that is half set up or would tell secrets."""
    for read in READERS.values():
        read(settings.channels)
    try:
        QuietHours.read(settings.quiet_hours)
    except ValueError:
        raise UnsafeSetting("ANCA_QUIET_HOURS: write it like 21:00-04:30, or off") from None


def groups_of(settings: Settings) -> Mapping[ChannelName, Group]:
    """The settings of each channel that is set up; one that cannot run is left out and said so."""
    found: dict[ChannelName, Group] = {}
    for name, read in READERS.items():
        try:
            group = read(settings.channels)
        except UnsafeSetting as problem:
            log.error("channel %s is off: %s", name, problem)
        else:
            if group is not None:
                found[name] = group
    return found


def problem_of(settings: Settings, name: ChannelName) -> str:
    """What the settings of a channel lack or what is unsafe in them; nothing when they are well."""
    try:
        READERS[name](settings.channels)
    except UnsafeSetting as problem:
        return str(problem)
    return ""


def build_channels(settings: Settings, now: Callable[[], datetime]) -> Channels:
    """Every channel of this node."""
    channels: dict[ChannelName, Channel] = {ChannelName.IN_APP: InApp()}
    offices: dict[str, ZaloOffice] = {}
    for name, group in groups_of(settings).items():
        channels[name] = _channel(name, group, settings, offices, now)
    return channels


def office_of(channels: Channels) -> ZaloOffice | None:
    """The Zalo account that this node's channels send with; None where none is set up."""
    offices = (getattr(channel, "office", None) for channel in channels.values())
    return next((office for office in offices if isinstance(office, ZaloOffice)), None)


def _channel(
    name: ChannelName,
    group: Group,
    settings: Settings,
    offices: dict[str, ZaloOffice],
    now: Callable[[], datetime],
) -> Channel:
    match group:
        case AlertGroup():
            return StaffAlert(group, now)
        case GsmGroup():
            return SmsGsm(group, now)
        case PushGroup():
            keys = PushKeys.in_folder(settings.instance)
            return WebPush(group, keys, settings.name, now)
        case HubRoad():
            return ZaloHub(name, group)
        case ZaloRoad():
            account = replace(group.account, zone=settings.timezone)
            office = offices.setdefault(account.oa_id, ZaloOffice(account, now))
            return ZALO[name](office, group)
        case EsmsGroup():
            return SmsEsms(group, now)
        case SpeedGroup():
            return SmsSpeedsms(group, now)
        case SmsGroup():
            return SmsHttp(group, now)
        case SmtpGroup():
            return Email(group, now)


def leaving_the_house(channels: Channels) -> Channels:
    """The channels whose messages this node hands to somebody outside."""
    return {
        name: channel
        for name, channel in channels.items()
        if name not in IN_HOUSE and not isinstance(channel, ZaloHub)
    }


def low_balances(channels: Channels) -> Mapping[ChannelName, int]:
    """Below how much money, in VND, whoever keeps the node is told; of channels that are paid."""
    found = {name: getattr(channel, "low_balance", 0) for name, channel in channels.items()}
    return {name: amount for name, amount in found.items() if amount}


def by_province(channels: Channels) -> Mapping[ChannelName, ZaloHub]:
    """The channels whose messages travel up the log: the province sends them."""
    return {name: each for name, each in channels.items() if isinstance(each, ZaloHub)}


def roads_of(settings: Settings) -> Roads:
    """The channels that leave the house, by lane and in order, as this node is set up."""
    groups = groups_of(settings)
    outside = {
        lane: tuple(name for name, group in groups.items() if lane in group.lanes) for lane in Lane
    }
    return replace(quiet_of(settings), outside=outside)


def quiet_of(settings: Settings) -> Roads:
    """No road out of the house, but the hours of this node in which nothing may ring."""
    return Roads(quiet=QuietHours.read(settings.quiet_hours), zone=settings.timezone)
