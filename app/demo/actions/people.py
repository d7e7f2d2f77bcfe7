"""Workers of the demo with their accounts, groups, patterns, leave and consent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from app.accounts.models import Account, Consent, Credential, DeviceToken, RoleGrant
from app.accounts.rules import Actor, Grant, Role, badge_key
from app.delivery.models import ContactPoint
from app.delivery.rules.roads import AddressKind, AddressState
from app.demo.actions.ledger import Ledger
from app.demo.actions.rows import Rows
from app.demo.actions.sites import Site
from app.demo.rules import Act, Answered, DemoOrder, PersonPlan, demo_id, stream
from app.extensions import blind_index, hash_secret
from app.kernel.text import fold
from app.workforce.models import Leave, Membership, PatternAssignment, Worker
from app.workforce.queries.searching import phone_tail_index

BEFORE_FIRST_ANSWER = timedelta(seconds=30)
SHARE_ON_PHONE = 0.93
TOKEN_LASTS = timedelta(days=90)


def actor_of(person: PersonPlan, site: Site) -> Actor:
    """A worker as an actor; a member of a safety team with that role."""
    grants = [Grant(Role.WORKER, site.path)]
    if person.in_safety_team:
        grants.insert(0, Grant(Role.TEAM_MEMBER, site.units[person.unit][1]))
    return Actor(person.id, person.name, tuple(grants), worker_id=person.id)


def add_person(person: PersonPlan, site: Site, order: DemoOrder, rows: Rows) -> None:
    """One worker with all that the company's list says."""
    at, unit_id = order.set_up_at, site.units[person.unit][0]
    rows.add(
        Account,
        id=person.id,
        name=person.name,
        login=None,
        secret_hash=None,
        secret_must_change=False,
        locale="vi",
        active=person.left_on is None or person.left_on >= order.until,
        created_at=at,
    )
    rows.add(
        Credential,
        account_id=person.id,
        company_id=site.id,
        badge_key=badge_key(person.badge),
        pin_hash=hash_secret(person.pin) if person.pin else None,
        pin_must_change=False,
        pin_set_at=at if person.pin else None,
    )
    rows.add(
        Worker,
        id=person.id,
        company_id=site.id,
        branch_id=unit_id,
        badge=person.badge,
        badge_key=badge_key(person.badge),
        name=person.name,
        name_folded=fold(person.name),
        born_on=person.born_on,
        birth_year=person.birth_year,
        sex=person.sex,
        phone=person.phone,
        phone_index=blind_index(person.phone) if person.phone else None,
        phone_tails=phone_tail_index(person.phone),
        id_number=None,
        id_number_index=None,
        position=person.position,
        joined_on=person.joined_on,
        left_on=person.left_on,
        updated_at=at,
    )
    if person.in_safety_team:
        rows.add(RoleGrant, account_id=person.id, role=str(Role.TEAM_MEMBER), branch_id=unit_id)
    if person.phone:
        _add_address(person.id, person.phone, order, rows)
        _add_phone(person, order, rows)
    _place(person, site, order, rows)


def _add_address(person_id: str, phone: str, order: DemoOrder, rows: Rows) -> None:
    """The number at which messages would reach somebody, were a way switched on."""
    rows.add(
        ContactPoint,
        id=person_id,  # one address each: nothing else asks for an id of its own
        person_id=person_id,
        channel=str(AddressKind.PHONE),
        address=phone,
        address_hash=blind_index(phone),
        state=str(AddressState.UNKNOWN),
        state_code=None,
        state_at=order.set_up_at,
        last_inbound_at=None,
        verified_at=None,
        gone_at=None,
    )


def _add_phone(person: PersonPlan, order: DemoOrder, rows: Rows) -> None:
    """Most who have a phone use the app on it; nobody holds the token itself."""
    chance = stream(order.seed, "phone", person.place)
    if chance.random() > SHARE_ON_PHONE:
        return
    rows.add(
        DeviceToken,
        id=demo_id(chance, order.set_up_at, person.place),
        account_id=person.id,
        device_id=f"{chance.getrandbits(128):032x}",
        label="Điện thoại",
        token_hash=f"{chance.getrandbits(256):064x}",
        created_at=order.set_up_at,
        expires_at=order.told_until + TOKEN_LASTS,
        last_used_at=order.set_up_at,
        revoked_at=None,
    )


def _place(person: PersonPlan, site: Site, order: DemoOrder, rows: Rows) -> None:
    chance = stream(order.seed, "place", person.place)
    since = max(person.joined_on, order.set_up_at.date())
    for group in person.groups:
        rows.add(
            Membership,
            id=demo_id(chance, order.set_up_at, person.place),
            worker_id=person.id,
            group_id=site.groups[group],
            from_on=since,
            to_on=person.left_on,
        )
    rows.add(
        PatternAssignment,
        id=demo_id(chance, order.set_up_at, person.place),
        worker_id=person.id,
        pattern_id=site.patterns[person.pattern],
        from_on=since,
        to_on=None,
    )
    for leave in person.leaves:
        rows.add(
            Leave,
            id=demo_id(chance, order.set_up_at, person.place),
            worker_id=person.id,
            from_on=leave.from_on,
            to_on=leave.to_on,
            reason=leave.reason,
            cancelled_at=None,
        )


def add_consent(
    person: PersonPlan,
    acts: Sequence[Act],
    order: DemoOrder,
    rows: Rows,
    ledger: Ledger,
    notice_version: str,
    chance: Random,
) -> None:
    """What the worker said to the legal notice, just before the first answer of their own."""
    at = _asked_at(person, acts, order)
    if person.agreed is None or at > order.told_until:
        return
    rows.add(
        Consent,
        id=demo_id(chance, at),
        account_id=person.id,
        version=notice_version,
        agreed=person.agreed,
        at=at,
        details={},
    )
    name = "accounts.consent_given" if person.agreed else "accounts.consent_refused"
    actor = ledger.actors(person.id)
    ledger.act(name, actor, at, person.id, version=notice_version)


def _asked_at(person: PersonPlan, acts: Sequence[Act], order: DemoOrder) -> datetime:
    own = (act.at for act in acts if isinstance(act, Answered) and act.by is None)
    first = next(own, None)
    if first is not None:
        return first - BEFORE_FIRST_ANSWER
    midnight = order.set_up_at.astimezone(order.zone).time()
    return max(order.set_up_at, order.moment(person.joined_on, midnight))
