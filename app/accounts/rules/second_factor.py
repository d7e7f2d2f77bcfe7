"""Decisions on the second proof at sign-in: six digits of a phone, or a printed code."""

import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from app.kernel.actors import Role
from app.kernel.refusals import Refusal

# Whose accounts may have one: those who see the data of many, and those who let others in.
OFFERED_TO = (Role.SAFETY_OFFICER, Role.PARK_MANAGER, Role.PROVINCE_STAFF, Role.ADMIN)

STEP_SECONDS = 30  # RFC 6238, 5.2
WINDOW_STEPS = 1
# A phone whose clock is off by no more than this is told so; its code still opens nothing.
TOLD_STEPS = 20
SPARE_CODES = 10
# Between the password and the code, and between a phone's sign-in and the pages after it.
HALF_WAY = timedelta(minutes=5)
ENROLMENT = timedelta(minutes=15)

_DIGITS = re.compile(r"[0-9]{6}")


class SecondFactorNeeded(Refusal):
    """The password was right; this account also asks for a code."""

    code = "accounts.second_factor_needed"
    status = 401


class WrongCode(Refusal):
    """The code is neither the phone's nor an unused printed one at this moment, `at`."""

    code = "accounts.wrong_code"
    status = 401


class CodeUsed(Refusal):
    """This code, or a later one, has let somebody in already."""

    code = "accounts.code_used"
    status = 401


class ClockOff(Refusal):
    """The code belongs to another moment: one of the two clocks is off by `minutes`."""

    code = "accounts.clock_off"
    status = 401


class SecondFactorMissing(Refusal):
    """The park asks this role for a second proof, and the account has none yet."""

    code = "accounts.second_factor_missing"
    status = 403


class NoSecondFactor(Refusal):
    """The account has no second proof that could be taken away."""

    code = "accounts.no_second_factor"
    status = 409


class SecondFactorHeld(Refusal):
    """The account has a second proof already; it goes before another one comes."""

    code = "accounts.second_factor_held"
    status = 409


class EnrolmentOver(Refusal):
    """Setting up took too long or was never begun; it begins anew."""

    code = "accounts.enrolment_over"
    status = 409


class SecondFactorDemanded(Refusal):
    """The park asks this role for a second proof: it may be renewed, not given up."""

    code = "accounts.second_factor_demanded"
    status = 409


class TryItFirst(Refusal):
    """Who demands a second proof of administrators has one that works."""

    code = "accounts.try_it_first"
    status = 409


@dataclass(frozen=True, slots=True)
class Proof:
    """What was typed: six digits of a phone, or something that may be a printed code."""

    digits: str | None
    spare: str


def proof(typed: str) -> Proof:
    """What was typed as it is compared, with no spaces or dashes."""
    bare = re.sub(r"[\s.\-]", "", typed).upper()
    return Proof(bare if _DIGITS.fullmatch(bare) else None, bare)


def step_at(now: datetime) -> int:
    """The number of the half minute that a moment lies in, from 1970 on."""
    return int(now.timestamp()) // STEP_SECONDS


def accepted_step(
    digits: str, now: datetime, last_step: int | None, code_at: Callable[[int], str]
) -> int:
    """The step that the digits belong to; each is good once, one step early or late (RFC 6238)."""
    here = step_at(now)
    found = _nearest(digits, here, WINDOW_STEPS, code_at)
    if found is None:
        far = _nearest(digits, here, TOLD_STEPS, code_at)
        if far is None:
            raise WrongCode(at=now)
        raise ClockOff(minutes=max(1, round(abs(far - here) * STEP_SECONDS / 60)))
    if last_step is not None and found <= last_step:
        raise CodeUsed
    return found


def _nearest(digits: str, here: int, reach: int, code_at: Callable[[int], str]) -> int | None:
    """The step nearest to `here` whose code this is; every one is compared, found or not."""
    steps = sorted(range(here - reach, here + reach + 1), key=lambda step: (abs(step - here), step))
    fitting = [step for step in steps if hmac.compare_digest(code_at(step), digits)]
    return fitting[0] if fitting else None


def is_offered(roles: Iterable[Role]) -> bool:
    """Whether an account with these roles may have a second proof."""
    return bool(set(roles) & set(OFFERED_TO))


def is_half_way(since: datetime, now: datetime) -> bool:
    """Whether a password given at `since` still waits for its code."""
    return timedelta(0) <= now - since <= HALF_WAY


def provisioning_address(issuer: str, login: str, seed: str) -> str:
    """What an authenticator app reads out of the code on the screen ("otpauth" key URI)."""
    label = quote(f"{issuer}:{login}", safe="")
    return f"otpauth://totp/{label}?secret={seed}&issuer={quote(issuer, safe='')}"


def in_groups(seed: str) -> str:
    """A seed in groups of four, as it is typed off a screen."""
    return " ".join(seed[place : place + 4] for place in range(0, len(seed), 4))
