"""Decisions on accounts: who may do what to which branch, lock-outs, secrets."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.actors import Actor, Grant, Role
from app.kernel.guessable import is_guessable
from app.kernel.refusals import Refusal
from app.kernel.text import squeeze

__all__ = ["Actor", "Grant", "Permission", "Role"]


class BranchKind(StrEnum):
    """Levels of the tree that views are limited by."""

    PARK = "park"
    COMPANY = "company"
    WORKSHOP = "workshop"
    LINE = "line"
    TEAM = "team"


class Permission(StrEnum):
    """One thing a person may do to a branch."""

    ANSWER = "answer"
    ANSWER_FOR_OTHERS = "answer_for_others"
    SEE_HEALTH = "see_health"
    CLEAR_LEVEL = "clear_level"
    FOLLOW_CASES = "follow_cases"
    MANAGE_CASES = "manage_cases"
    SEE_WORKERS = "see_workers"
    MANAGE_WORKERS = "manage_workers"
    EXPORT_WORKERS = "export_workers"
    ISSUE_PINS = "issue_pins"
    SEE_RULES = "see_rules"
    ACCEPT_RULES = "accept_rules"
    MANAGE_REMINDERS = "manage_reminders"
    SEND_NOTICES = "send_notices"
    CARRY_REMINDERS = "carry_reminders"
    SEE_COMPLIANCE = "see_compliance"
    READ_DIGEST = "read_digest"
    SEE_PARKS = "see_parks"
    WARN_PARKS = "warn_parks"
    PUBLISH_BULLETINS = "publish_bulletins"
    HANDLE_INTAKE = "handle_intake"
    SEND_REPORTS = "send_reports"
    RUN_KIOSK = "run_kiosk"
    MANAGE_KIOSKS = "manage_kiosks"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_NODE = "manage_node"
    CHECK_PASSES = "check_passes"
    ASSESS_RISK = "assess_risk"
    KEEP_RISK_SETS = "keep_risk_sets"
    HANDLE_FEEDBACK = "handle_feedback"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.WORKER: frozenset({Permission.ANSWER}),
    Role.TEAM_MEMBER: frozenset(
        {
            Permission.ANSWER_FOR_OTHERS,
            Permission.SEE_HEALTH,
            Permission.FOLLOW_CASES,
            Permission.SEE_WORKERS,
            Permission.SEE_RULES,
            Permission.HANDLE_FEEDBACK,
        }
    ),
    Role.SAFETY_OFFICER: frozenset(
        {
            Permission.ANSWER_FOR_OTHERS,
            Permission.SEE_HEALTH,
            Permission.CLEAR_LEVEL,
            Permission.FOLLOW_CASES,
            Permission.MANAGE_CASES,
            Permission.SEE_WORKERS,
            Permission.MANAGE_WORKERS,
            Permission.EXPORT_WORKERS,
            Permission.ISSUE_PINS,
            Permission.SEE_RULES,
            Permission.ACCEPT_RULES,
            Permission.MANAGE_REMINDERS,
            Permission.SEND_NOTICES,
            Permission.SEE_COMPLIANCE,
            Permission.MANAGE_KIOSKS,
            Permission.ASSESS_RISK,
            Permission.HANDLE_FEEDBACK,
        }
    ),
    Role.GATE: frozenset({Permission.CHECK_PASSES, Permission.RUN_KIOSK}),
    Role.PARK_MANAGER: frozenset(
        {
            Permission.SEND_NOTICES,
            Permission.CARRY_REMINDERS,
            Permission.SEE_COMPLIANCE,
            Permission.READ_DIGEST,
            Permission.SEE_RULES,
            Permission.ACCEPT_RULES,
            Permission.ASSESS_RISK,
            Permission.KEEP_RISK_SETS,
            Permission.HANDLE_FEEDBACK,
        }
    ),
    Role.PROVINCE_STAFF: frozenset(
        {
            Permission.SEE_PARKS,
            Permission.WARN_PARKS,
            Permission.PUBLISH_BULLETINS,
            Permission.HANDLE_INTAKE,
            Permission.SEND_REPORTS,
        }
    ),
    Role.ADMIN: frozenset(
        {Permission.MANAGE_ACCOUNTS, Permission.MANAGE_NODE, Permission.MANAGE_KIOSKS}
    ),
}
OFFICE_ROLES = frozenset(Role) - {Role.WORKER, Role.GATE}


def may(actor: Actor, permission: Permission, path: str) -> bool:
    """Whether the actor may do that to the branch at `path`."""
    return any(
        path.startswith(grant.path) and permission in PERMISSIONS[grant.role]
        for grant in actor.grants
    )


def branches_for(actor: Actor, permission: Permission) -> tuple[str, ...]:
    """Paths of the branches on which the actor may do that, none inside another."""
    paths = sorted({g.path for g in actor.grants if permission in PERMISSIONS[g.role]})
    kept: list[str] = []
    for path in paths:
        if not any(path.startswith(above) for above in kept):
            kept.append(path)
    return tuple(kept)


class NeedsHttps(Refusal):
    """An office account is not signed in over a connection that others can read."""

    code = "accounts.needs_https"
    status = 403


class WrongCredentials(Refusal):
    """No account answers to this name and secret."""

    code = "accounts.wrong_credentials"
    status = 401


class LockedOut(Refusal):
    """Too many wrong tries; `retry_after` seconds must pass."""

    code = "accounts.locked_out"
    status = 429


class WeakPin(Refusal):
    """The PIN is not six digits, or is one that anybody would guess."""

    code = "accounts.weak_pin"


class WeakSecret(Refusal):
    """The password is too short, is the login itself, or is one that anybody would try first."""

    code = "accounts.weak_secret"


class LoginTaken(Refusal):
    """Another account has this login."""

    code = "accounts.login_taken"
    status = 409


class SecretMustChange(Refusal):
    """Until the person has chosen an own password or PIN, only that may be done."""

    code = "accounts.secret_must_change"
    status = 403


class SameSecret(Refusal):
    """The new password or PIN is the one that is to be replaced."""

    code = "accounts.same_secret"


class OwnAccount(Refusal):
    """Nobody shuts the account they are signed in with."""

    code = "accounts.own_account"
    status = 409


class LastRole(Refusal):
    """An account keeps a role; who shall not get in any more is shut out."""

    code = "accounts.last_role"
    status = 409


class AlreadyDone(Refusal):
    """The form was sent before; what it showed once is not shown or made again."""

    code = "accounts.already_done"
    status = 409


class PinAlreadyChosen(Refusal):
    """The worker chose a PIN; only a reset replaces it."""

    code = "accounts.pin_already_chosen"
    status = 409


class CardRevoked(Refusal):
    """The card was taken out of use; the worker has another one, or gets one."""

    code = "accounts.card_revoked"
    status = 410


class UnknownCard(Refusal):
    """No card was ever made with this secret here."""

    code = "accounts.unknown_card"
    status = 404


class NoCard(Refusal):
    """The worker has no card that could be taken out of use."""

    code = "accounts.no_card"
    status = 409


class CardsJustMade(Refusal):
    """Somebody of these got a card after the page was opened; printing again would undo it."""

    code = "accounts.cards_just_made"
    status = 409


class CardsBeingMade(Refusal):
    """Another printing of this company has not come to its end yet."""

    code = "accounts.cards_being_made"
    status = 409


class CardEnd(StrEnum):
    """Why a card is out of use."""

    REPLACED = "replaced"
    LOST = "lost"
    TAKEN_BACK = "taken_back"


CARD_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 random bits as base64url


def card_secret(scanned: str) -> str:
    """The secret in what a scanner read off a card, bare or behind an address; refused if none."""
    secret = squeeze(scanned).rpartition("#")[2]
    if CARD_SECRET.fullmatch(secret) is None:
        raise UnknownCard
    return secret


class PinState(StrEnum):
    """What became of a worker's PIN: none yet, issued by the company, or chosen by the worker."""

    NONE = "none"
    ISSUED = "issued"
    OWN = "own"


PIN_SHAPE = re.compile(r"\d{6}")
RISING = "01234567890123456789"
SHORTEST_SECRET = 10


def check_pin(pin: str, badge: str) -> str:
    """The PIN itself when it may be used: six digits, no run, no repeat, not the badge."""
    guessable = (
        len(set(pin)) < 3  # 111111, 121212
        or pin in RISING
        or pin in RISING[::-1]
        or pin in badge
    )
    if PIN_SHAPE.fullmatch(pin) is None or guessable:
        raise WeakPin
    return pin


def check_secret(secret: str, login: str) -> str:
    """The password itself when it is long and nobody would guess it (NIST SP 800-63B, 5.1.1)."""
    known = login.casefold() in secret.casefold() or is_guessable(secret)
    if len(secret) < SHORTEST_SECRET or known:
        raise WeakSecret
    return secret


def badge_key(badge: str) -> str:
    """The form in which badges are compared: upper case, no spaces, dots or dashes."""
    return re.sub(r"[\s.\-_/]", "", squeeze(badge)).upper()


def login_key(login: str) -> str:
    """The form in which logins are compared."""
    return squeeze(login).casefold()


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong tries so far on one badge, login or device."""

    count: int
    last_at: datetime
    locked_until: datetime | None


FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=4)
FORGOTTEN_AFTER = timedelta(hours=24)


def after_failure(so_far: Failures | None, now: datetime) -> Failures:
    """The tries after one more wrong one: each fifth locks, 15 minutes doubling to 4 hours.

    Never for good, so that a joker cannot shut somebody out (ASVS 5.0, 6.1.1).
    """
    forgotten = so_far is None or now - so_far.last_at > FORGOTTEN_AFTER
    count = 1 if so_far is None or forgotten else so_far.count + 1
    locked_until = None
    if count % FREE_TRIES == 0:
        doublings = min(count // FREE_TRIES - 1, 8)
        locked_until = now + min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)
    return Failures(count, now, locked_until)


def seconds_locked(failures: Failures | None, now: datetime) -> int:
    """How many seconds the lock still lasts; 0 when open."""
    if failures is None or failures.locked_until is None:
        return 0
    return max(0, math.ceil((failures.locked_until - now).total_seconds()))
