"""Bulletins as those they are for read them: the newest version of each, by channel."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.bulletins.models import BulletinVersion, ChannelLink
from app.bulletins.rules.bulletins import (
    Channel,
    Content,
    State,
    Version,
    content_without_cases,
    kept_content,
)
from app.extensions import token_digest
from app.sync.models import ThisNode
from app.sync.queries.logs import find_newest_news
from app.sync.rules import Direction

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Heard:
    """Whether a province knows this park, and when anything came from it last."""

    enrolled: bool
    contact_at: datetime | None


def version_of(row: BulletinVersion, *, whole: bool = True) -> Version:
    """The version of a row; not `whole` it comes without its list of cases."""
    body = row.content
    if body is not None and not whole:
        body = dict(content_without_cases(body))
    return Version(
        row.bulletin_id,
        row.version,
        State(row.state),
        row.made_at,
        row.number,
        row.on,
        row.titles,
        kept_content(body) if body is not None else None,
        row.reason,
    )


def list_board(session: Session, channel: Channel, *, limit: int = SHOWN) -> list[Version]:
    """The newest version of every bulletin of a channel, the newest day first."""
    keys = _newest_of(session, channel, limit)
    if not keys:
        return []
    rows = session.scalars(
        select(BulletinVersion).where(
            tuple_(BulletinVersion.bulletin_id, BulletinVersion.version).in_(keys)
        )
    )
    read = {(row.bulletin_id, row.version): row for row in rows}
    return [_for_channel(version_of(read[key], whole=False), channel) for key in keys]


def _newest_of(session: Session, channel: Channel, limit: int) -> list[tuple[str, int]]:
    """Which versions stand on the board; what they say is not read for that."""
    later = aliased(BulletinVersion)
    rows = session.execute(
        select(BulletinVersion.bulletin_id, BulletinVersion.version, BulletinVersion.channels)
        .where(
            ~exists().where(
                later.bulletin_id == BulletinVersion.bulletin_id,
                later.version > BulletinVersion.version,
            )
        )
        .order_by(BulletinVersion.on.desc(), BulletinVersion.bulletin_id.desc())
    )
    found = ((row.bulletin_id, row.version) for row in rows if channel in row.channels)
    return list(islice(found, limit))


def _for_channel(version: Version, channel: Channel) -> Version:
    content = version.content
    told: Content | None = content.for_channel(channel) if content else None
    return Version(
        version.bulletin_id,
        version.number,
        version.state,
        version.made_at,
        version.label,
        version.on,
        version.titles,
        told,
        version.reason,
    )


def list_versions(
    session: Session, bulletin_id: str, channel: Channel | None = None
) -> list[Version]:
    """Every version of a bulletin that went out to a channel, or to any, without their cases."""
    rows = session.scalars(
        select(BulletinVersion)
        .where(BulletinVersion.bulletin_id == bulletin_id)
        .order_by(BulletinVersion.version.desc())
    ).all()
    if channel is None:
        return [version_of(row, whole=False) for row in rows]
    return [
        _for_channel(version_of(row, whole=False), channel)
        for row in rows
        if channel in row.channels
    ]


def get_version(
    session: Session, bulletin_id: str, number: int, channel: Channel | None = None
) -> Version:
    """One version, whole, as a channel reads it."""
    version = version_of(session.get_one(BulletinVersion, (bulletin_id, number)))
    return _for_channel(version, channel) if channel else version


def list_makers(session: Session, bulletin_id: str) -> dict[int, str]:
    """Who published or withdrew, by version."""
    rows = session.execute(
        select(BulletinVersion.version, BulletinVersion.made_by).where(
            BulletinVersion.bulletin_id == bulletin_id
        )
    )
    return {row.version: row.made_by for row in rows}


def get_heard(session: Session) -> Heard:
    """How fresh what a park knows of its province is."""
    node = session.execute(
        select(ThisNode.node, ThisNode.enrolled_at, ThisNode.last_contact_at)
    ).first()
    stored = find_newest_news(session, node.node, Direction.DOWN) if node else None
    contacts = [each for each in (node.last_contact_at if node else None, stored) if each]
    return Heard(
        enrolled=node is not None and node.enrolled_at is not None,
        contact_at=max(contacts, default=None),
    )


def opens(session: Session, channel: Channel, key: str) -> bool:
    """Whether a key is that of the channel's link now."""
    kept = session.scalar(select(ChannelLink.key_hash).where(ChannelLink.channel == channel))
    return kept is not None and kept == token_digest(key)


def find_link(session: Session, channel: Channel) -> ChannelLink | None:
    """When and by whom a channel's link was made."""
    return session.get(ChannelLink, channel)
