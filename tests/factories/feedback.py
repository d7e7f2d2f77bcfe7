"""Notes as phones make them, and as they lie with somebody."""

import io
import uuid
from base64 import b64encode
from datetime import date, datetime
from typing import Any

from flask import current_app
from PIL import Image
from sqlalchemy.orm import Session

from app.accounts.queries.tokens import find_tokens
from app.extensions import token_digest
from app.feedback.actions.keeping import keep_anonymous, keep_note
from app.feedback.rules.notes import Category, code_hash
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from tests.factories.people import Person

CODE = "KX7 294 M8Q"


def actor_of(session: Session, person: Person) -> Actor:
    """A person of the cast with all that they are there for."""
    digest = token_digest(person.token)
    return find_tokens(session, [digest])[digest].actor


def camera_picture() -> str:
    """A JPEG as a phone sends it, with the place and the phone in its notes."""
    notes = Image.Exif()
    notes[0x010F] = "MARKED-PHONE"
    notes.get_ifd(0x8825)[2] = (21.0, 16.0, 0.0)
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=notes, comment=b"MARKED-COMMENT")
    return "data:image/jpeg;base64," + b64encode(out.getvalue()).decode()


def anonymous_body(**changes: Any) -> dict[str, Any]:
    """What a phone sends without a name."""
    return {
        "key": str(uuid.uuid4()),
        "text": "Vách ngăn nhà ăn số 2 bị tháo",
        "category": "canteen",
        "reply_code_hash": code_hash(CODE),
        "company": "SAOBAC",
    } | changes


def make_note(
    session: Session,
    person: Person,
    now: datetime,
    *,
    text: str = "Lượt ăn 11:30 ngồi sát nhau",
    category: Category = Category.CANTEEN,
) -> str:
    """A note under a name."""
    settings = current_app.config["SETTINGS"]
    actor = actor_of(session, person)
    return keep_note(session, category, text, None, settings=settings, actor=actor, now=now)[0]


def make_anonymous(session: Session, now: datetime, company: str = "", code: str = CODE) -> str:
    """A note of nobody."""
    settings, key = current_app.config["SETTINGS"], str(uuid.uuid4())
    today: date = local_day(now, settings.timezone)
    keep_anonymous(
        session,
        key,
        Category.FORCED,
        "Ép đi làm khi sốt",
        None,
        reply_hash=code_hash(code),
        company_code=company,
        settings=settings,
        today=today,
    )
    return key
