"""Kiosks of the cast: a device that is set up, cards to hold to its scanner, sealed answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwe
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from app.accounts.actions.cards import NewCard, begin_print, end_print, make_cards, new_card_secret
from app.accounts.actions.tokens import issue_token
from app.extensions import token_digest
from app.gate.actions.kiosk import add_kiosk, leave_lock, new_code, take_code
from app.gate.actions.seal_keys import renew_seal_key
from app.kernel.ids import new_id
from tests.factories.people import STORY, Company, Person

LEAVE_PIN = "583914"
LOCK = leave_lock(LEAVE_PIN)
WELL = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
REGISTRY = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"])


@dataclass(frozen=True, slots=True)
class KioskDevice:
    """A kiosk that is set up: its account, its token, and the park's key to seal for."""

    id: str
    token: str
    key: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def make_kiosk(
    session: Session, branch_id: int, now: datetime, name: str = "Cổng số 2"
) -> KioskDevice:
    """A kiosk of a branch, set up on a device."""
    code = new_code()
    add_kiosk(session, branch_id, name, "Bàn y tế cạnh cổng", code, LOCK, actor=STORY, now=now)
    session.flush()
    kiosk_id = take_code(session, code, now=now)
    device = f"kiosk {name}"
    token, _ = issue_token(session, kiosk_id, device_id=device, label=name, days=90, now=now)
    return KioskDevice(kiosk_id, token, renew_seal_key(session, now=now))


def make_cards_for(session: Session, company: Company, now: datetime) -> dict[str, str]:
    """A card for everybody of a company who has a badge; their secrets by given name."""
    people = {name: each for name, each in company.people.items() if each.badge}
    return dict(zip(people, print_cards(session, company, list(people.values()), now), strict=True))


def print_cards(
    session: Session, company: Company, people: list[Person], now: datetime
) -> list[str]:
    """New cards of these people, in order; their secrets."""
    print_id, ids = new_id(now), [each.id for each in people]
    begin_print(
        session, print_id, company.id, "Cả công ty", ids, opened_at=now, actor=STORY, now=now
    )
    session.flush()
    secrets = [new_card_secret() for _ in people]
    cards = {
        person.id: NewCard(1, person.badge, token_digest(secret))
        for person, secret in zip(people, secrets, strict=True)
    }
    make_cards(session, print_id, cards, actor=STORY, now=now)
    end_print(session, print_id, now=now)
    return secrets


def sealed_for(key: Mapping[str, Any], content: object) -> str:
    """Content sealed for a park's key, by another program than the browser's."""
    head = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"]}
    public = ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")})
    return jwe.encrypt_compact(head, json.dumps(content).encode(), public, registry=REGISTRY)


def sealed_command(
    kiosk: KioskDevice,
    credential: Mapping[str, str],
    now: datetime,
    answers: Any = WELL,
    *,
    kind: str = "check_in",
    notice: str = "1",
    **more: Any,
) -> dict[str, Any]:
    """An answer given at a kiosk, as it is handed in."""
    body = more.pop("body", {"answers": answers, "rules": "workplace_2020@1"})
    content = {"credential": dict(credential), "notice": notice, "body": body} | more
    return {
        "key": new_id(now),
        "kind": kind,
        "made_at": now.isoformat(),
        "sealed": sealed_for(kiosk.key, content),
    }
