"""Looking whether channels can send, and what is left of quota and money."""

import logging

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.channels import keep_health
from app.delivery.grants import make_ready
from app.delivery.registry import leaving_the_house
from app.delivery.rules import ChannelName, Health
from app.web.transaction import transact

log = logging.getLogger(__name__)


def look_at_channels() -> None:
    """The job: have each channel say whether it can send, and what is left of quota and money."""
    now, channels = current_app.extensions["clock"].now(), current_app.extensions["channels"]
    make_ready(channels, current_app.extensions["clock"].now)
    for channel in leaving_the_house(channels).values():
        try:
            health = channel.health()
        except Exception as problem:
            log.warning("%s did not say how it is", channel.name, exc_info=True)
            health = Health(ok=False, why=type(problem).__name__)

        def keep(session: Session, name: ChannelName = channel.name, said: Health = health) -> None:
            keep_health(session, name, said, now=now)

        transact(keep)
