"""Sealed commands: opened, and their people known by card or PIN, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.accounts.actions.attempts import begin_try, forget_failures
from app.accounts.queries.tokens import find_tokens
from app.accounts.rules import LockedOut, Permission, WrongCredentials, branches_for
from app.checkins.rules.timeliness import answered_on_time
from app.extensions import db, is_secret
from app.gate.gateways.sealing import key_named, open_sealed
from app.gate.queries.answering import (
    Answering,
    find_by_card,
    find_typed,
    get_shift_at,
    get_worker_actor,
)
from app.gate.queries.kiosks import find_place
from app.gate.queries.seal_keys import find_private_keys
from app.gate.rules.sealing import (
    BadgeTyped,
    CardShown,
    SealedContent,
    UnknownSealKey,
    read_content,
)
from app.kernel.actors import Actor
from app.kernel.refusals import NotAllowed, Refusal
from app.outbox.forms import deed_of
from app.outbox.queries import find_commands
from app.outbox.rules import CommandEnvelope
from app.outbox.views.sealed_deeds import Claim, SealedDeed
from app.settings import Settings
from app.web.transaction import transact

MOST_PINS_AT_ONCE = 50  # each takes some 20 ms to check; the others are asked for again


class PinsWait(Refusal):
    """More PINs came at once than are checked in one call; the rest is tried again."""

    code = "sealed.pins_wait"
    status = 503


# Tried again by the device, never answered for good: nobody's answer is lost to a joker's tries.
WAITING = (LockedOut, PinsWait)


@dataclass(slots=True)
class Opening:
    """One call's sealed commands on their way, for the device that brought them."""

    device: Actor
    device_company_id: int
    settings: Settings
    now: datetime
    pins: int = 0

    def deed(self, envelope: CommandEnvelope, keys: dict[str, dict[str, object]]) -> SealedDeed:
        """What the command asks for, or a deed that refuses it; raises what is to wait."""
        claim = Claim(envelope.key, str(self.device.account_id), self.device_company_id, "")
        try:
            key = keys.get(key_named(envelope.sealed))
            if key is None:
                raise UnknownSealKey
            content = read_content(open_sealed(envelope.sealed, key))
            claim = self._claimed(claim, content)
            person = self._person(content)
            claim = replace(claim, company_id=person.company_id, badge=person.badge)
            return self._of(envelope, content, person, claim)
        except WAITING:
            raise
        except Refusal as refusal:
            return SealedDeed(claim, envelope.made_at, self.now, refusal)

    @staticmethod
    def _claimed(claim: Claim, content: SealedContent) -> Claim:
        typed = content.credential
        return replace(claim, badge=typed.badge) if isinstance(typed, BadgeTyped) else claim

    def _person(self, content: SealedContent) -> Answering:
        credential = content.credential
        if isinstance(credential, CardShown):
            return find_by_card(db.session(), credential.secret)
        return self._by_pin(credential)

    def _by_pin(self, typed: BadgeTyped) -> Answering:
        """Wrong tries count on this badge at this device alone, and lock nothing else."""
        if self.pins >= MOST_PINS_AT_ONCE:
            raise PinsWait
        self.pins += 1
        person = find_typed(db.session(), typed.company, self.device_company_id, typed.badge)
        named = person.subject.account_id if person else f"{typed.company}:{typed.badge}".casefold()
        tried = [f"account:{named}:{self.device.device_id}"[:90]]
        now = self.now

        def count(session: Session) -> None:
            begin_try(session, tried, now=now)

        def settle(session: Session) -> None:
            forget_failures(session, tried)

        transact(count)
        right = is_secret(typed.pin, person.subject.secret_hash if person else None)
        if person is None or not right:
            raise WrongCredentials
        transact(settle)
        return person

    def _of(
        self, envelope: CommandEnvelope, content: SealedContent, person: Answering, claim: Claim
    ) -> SealedDeed:
        session = db.session()
        actor = get_worker_actor(session, person.subject.account_id, self.device.device_id)
        body = dict(content.body)
        if envelope.kind == "check_in" and "shift" not in body:
            at = answered_on_time(
                envelope.made_at, envelope.offset_ms, self.now, self.now
            ).counted_at
            shift = get_shift_at(session, str(actor.worker_id), at, self.settings.timezone)
            body |= {"shift_on": shift.on.isoformat(), "shift": shift.shift}
        deed = deed_of(replace(envelope, body=body), self.settings, self.now, actor)
        return SealedDeed(
            claim, envelope.made_at, self.now, deed, actor, content.notice, content.agreed
        )


def open_all(
    envelopes: Sequence[CommandEnvelope], token_hash: str, now: datetime
) -> dict[tuple[str, str], SealedDeed | Refusal]:
    """The deed of each sealed command by key and digest, or why it is to be tried again.

    Left out is what needs none: commands answered before, and all of an unknown token.
    """
    sealed = [each for each in envelopes if each.sealed]
    held = find_tokens(db.session(), [token_hash]).get(token_hash) if sealed else None
    if held is None:
        return {}
    known = find_commands(db.session(), [each.key for each in sealed])
    new = [each for each in sealed if each.key not in known]
    device = held.actor
    if not branches_for(device, Permission.RUN_KIOSK):
        return {(each.key, each.digest): _not_a_kiosk(each, device, now) for each in new}
    keys = find_private_keys(db.session(), _kids(new))
    place = find_place(db.session(), device)
    opening = Opening(device, place, current_app.config["SETTINGS"], now)
    return {(each.key, each.digest): _deed_or_wait(opening, each, keys) for each in new}


def _deed_or_wait(
    opening: Opening, envelope: CommandEnvelope, keys: dict[str, dict[str, object]]
) -> SealedDeed | Refusal:
    try:
        return opening.deed(envelope, keys)
    except WAITING as waiting:
        return waiting


def _kids(envelopes: Sequence[CommandEnvelope]) -> set[str]:
    found = set()
    for each in envelopes:
        try:
            found.add(key_named(each.sealed))
        except Refusal:
            continue
    return found


def _not_a_kiosk(envelope: CommandEnvelope, device: Actor, now: datetime) -> SealedDeed:
    claim = Claim(envelope.key, str(device.account_id), None, "")
    return SealedDeed(claim, envelope.made_at, now, NotAllowed())
