"""/bulletins: what those it is for read, without signing in, and the same as an Atom feed."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bulletins.forms import CHANNELS, MEASURES
from app.bulletins.queries.board import (
    get_heard,
    get_version,
    list_board,
    list_versions,
    opens,
)
from app.bulletins.rules.bulletins import Channel, State, Version
from app.bulletins.views.words import FOUND, SEXES
from app.extensions import db
from app.kernel.canonical import digest
from app.kernel.refusals import NotFound
from app.reminders.queries.hotlines import get_hotlines
from app.reminders.rules.hotlines import Hotline
from app.settings import NodeRole
from app.web.access import public
from app.web.language import current_language
from app.web.present import today

board_pages = Blueprint("bulletin_board", __name__, url_prefix="/bulletins")
board_pages.add_app_template_filter(lambda each: CHANNELS[each], "bulletin_channel")
board_pages.add_app_template_filter(lambda each: MEASURES[each], "bulletin_measure")
board_pages.add_app_template_filter(lambda each: FOUND[each], "bulletin_found")
board_pages.add_app_template_filter(lambda each: SEXES[each] if each else "", "bulletin_sex")
ATOM = "http://www.w3.org/2005/Atom"
FRESH_SECONDS = 60
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
# What XML has no way to write.
UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _own_channel() -> Channel:
    """Of a park the board is for its workers, of the province for citizens."""
    role = current_app.config["SETTINGS"].role
    return Channel.WORKERS if role is NodeRole.PARK else Channel.CITIZENS


def _answer(page: str, mimetype: str = "text/html", *, closed: bool = False) -> Response:
    """The page for a minute in any cache, and unchanged for whoever has it; a closed one never."""
    answer = make_response(page)
    answer.mimetype = mimetype
    answer.headers["Vary"] = "Cookie"
    if closed:
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer
    # An answer to somebody with a session may carry their cookie: no shared cache keeps it.
    scope = "private" if request.cookies else "public"
    answer.headers["Cache-Control"] = f"{scope}, max-age={FRESH_SECONDS}"
    answer.set_etag(digest(page)[:32], weak=True)
    return answer.make_conditional(request)  # type: ignore[return-value]


@board_pages.get("")
@public
def list_open() -> ResponseReturnValue:
    return _answer(_board(_own_channel()))


def _board(channel: Channel, key: str = "") -> str:
    park = current_app.config["SETTINGS"].role is NodeRole.PARK
    return render_template(
        "bulletins/list_board.html",
        versions=list_board(db.session(), channel),
        channel=channel,
        key=key,
        heard=get_heard(db.session()) if park else None,
        hotlines=_hotlines() if park else (),
    )


def _hotlines() -> list[Hotline]:
    """The numbers that may be told today."""
    on = today()
    return [each for each in get_hotlines(db.session(), on).rows if each.may_be_told(on)]


@board_pages.get("/<uuid:bulletin>")
@board_pages.get("/<uuid:bulletin>/<int:version>")
@public
def show_open(bulletin: object, version: int | None = None) -> ResponseReturnValue:
    return _answer(_one(_own_channel(), str(bulletin), version))


def _one(channel: Channel, bulletin_id: str, number: int | None, key: str = "") -> str:
    versions = list_versions(db.session(), bulletin_id, channel)
    if not versions:
        raise NotFound
    newest = versions[0]
    wanted = newest.number
    # What was withdrawn is shown no more, in none of its versions.
    if number is not None and newest.state is State.PUBLISHED:
        wanted = next((each.number for each in versions if each.number == number), wanted)
    return render_template(
        "bulletins/show_board.html",
        shown=get_version(db.session(), bulletin_id, wanted, channel),
        newest=newest,
        versions=versions,
        channel=channel,
        key=key,
    )


@board_pages.get("/feed.atom")
@public
def show_feed() -> ResponseReturnValue:
    channel = _own_channel()
    return _answer(_feed(channel), "application/atom+xml")


@board_pages.get("/channel/<channel_key>")
@public
def show_channel(channel_key: str) -> ResponseReturnValue:
    return _answer(_board(_closed(channel_key), channel_key), closed=True)


@board_pages.get("/channel/<channel_key>/<uuid:bulletin>")
@board_pages.get("/channel/<channel_key>/<uuid:bulletin>/<int:version>")
@public
def show_in_channel(
    channel_key: str, bulletin: object, version: int | None = None
) -> ResponseReturnValue:
    channel = _closed(channel_key)
    return _answer(_one(channel, str(bulletin), version, channel_key), closed=True)


@board_pages.get("/channel/<channel_key>/feed.atom")
@public
def show_channel_feed(channel_key: str) -> ResponseReturnValue:
    channel = _closed(channel_key)
    return _answer(_feed(channel, channel_key), "application/atom+xml", closed=True)


def _closed(channel_key: str) -> Channel:
    """The channel that a key opens; whoever has a wrong one learns nothing."""
    if not opens(db.session(), Channel.PUBLIC_SERVICE, channel_key):
        raise NotFound
    return Channel.PUBLIC_SERVICE


def _feed(channel: Channel, key: str = "") -> str:
    versions = list_board(db.session(), channel)
    name = current_app.config["SETTINGS"].name
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": current_language()})
    _add(feed, "title", _("Bản tin %(name)s", name=name))
    where = (
        url_for("bulletin_board.show_channel_feed", channel_key=key, _external=True)
        if key
        else url_for("bulletin_board.show_feed", _external=True)
    )
    page = (
        url_for("bulletin_board.show_channel", channel_key=key, _external=True)
        if key
        else url_for("bulletin_board.list_open", _external=True)
    )
    # The id of a closed channel's feed must not give its key away to whoever collects it.
    _add(feed, "id", f"urn:anca:bulletins:{channel}:{digest(name)[:16]}")
    ElementTree.SubElement(feed, f"{{{ATOM}}}link", rel="self", href=where)
    ElementTree.SubElement(feed, f"{{{ATOM}}}link", rel="alternate", href=page)
    newest = max(
        (each.made_at for each in versions), default=datetime.fromtimestamp(0).astimezone()
    )
    _add(feed, "updated", newest.isoformat(timespec="seconds"))
    author = ElementTree.SubElement(feed, f"{{{ATOM}}}author")
    _add(author, "name", name)
    _add_entries(feed, versions, key)
    text: str = ElementTree.tostring(feed, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_entries(feed: ElementTree.Element, versions: Sequence[Version], key: str) -> None:
    for each in versions:
        entry = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
        title = each.titles.get(current_language()) or each.titles["vi"]
        if each.content is None:
            title = _("Đã thu hồi: %(title)s", title=title)
        _add(entry, "title", _("Số %(number)s: %(title)s", number=each.label, title=title))
        _add(entry, "id", f"urn:uuid:{each.bulletin_id}")
        _add(entry, "updated", each.made_at.isoformat(timespec="seconds"))
        ElementTree.SubElement(
            entry, f"{{{ATOM}}}link", rel="alternate", href=_address(each.bulletin_id, key)
        )
        texts = each.content.texts if each.content else {"vi": each.reason}
        _add(entry, "content", texts.get(current_language()) or texts["vi"])


def _address(bulletin_id: str, key: str) -> str:
    if key:
        return url_for(
            "bulletin_board.show_in_channel", channel_key=key, bulletin=bulletin_id, _external=True
        )
    return url_for("bulletin_board.show_open", bulletin=bulletin_id, _external=True)


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = UNPRINTED.sub("", text)
