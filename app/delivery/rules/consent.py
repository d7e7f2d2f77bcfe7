"""Consent to an account of Zalo in a browser: verifier and challenge, and what the answer says."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from app.kernel.refusals import Refusal

# How long somebody may take on Zalo's pages.
ANSWERED_WITHIN = timedelta(minutes=15)
LONGEST_CODE = 1000
VERIFIER = re.compile(r"[A-Za-z0-9_.~-]{43}")


class ConsentStale(Refusal):
    """Nobody at this browser asked for consent lately, or the answer is to another question."""

    code = "delivery.consent_stale"


class ConsentRefused(Refusal):
    """Zalo gave no consent, or nothing for it; `problem` is its code."""

    code = "delivery.consent_refused"


class OtherAccount(Refusal):
    """The consent is that of another Official Account than this node's, or of nobody knows whom."""

    code = "delivery.other_account"


def verifier_for(app_secret: str) -> str:
    """The verifier of an app: 43 signs that nobody guesses who does not know its secret."""
    made = hmac.new(app_secret.encode(), b"An Ca: PKCE verifier", sha256).digest()
    return _base64url(made)


def challenge_of(verifier: str) -> str:
    """What Zalo's console is told of a verifier (RFC 7636, S256)."""
    return _base64url(sha256(verifier.encode()).digest())


def consent_address(
    root: str, *, app_id: str, redirect_uri: str, challenge: str, state: str
) -> str:
    """Where somebody consents."""
    asked = {
        "app_id": app_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge,
        "state": state,
    }
    return f"{root}/v4/oa/permission?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody at a browser has asked for consent."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What Zalo's page hands back: a code good for one trade, whose it is, and our own state.

    A link that Zalo's console makes may bring no state back.
    """

    code: str
    oa_id: str = ""
    state: str = ""


def read_answer(asked: Asked | None, answered: Answered, oa_id: str, now: datetime) -> bool:
    """Whether the account is proved by the state alone; refused what answers no question of ours.

    Without a state Zalo must be asked whose the new token is, before it is kept.
    """
    if asked is None or not timedelta() <= now - asked.at <= ANSWERED_WITHIN:
        raise ConsentStale
    if answered.state and not hmac.compare_digest(answered.state.encode(), asked.state.encode()):
        raise ConsentStale
    code = answered.code
    if not 0 < len(code) <= LONGEST_CODE or any(not "!" <= sign <= "~" for sign in code):
        raise ConsentRefused(problem="–")
    if answered.oa_id and answered.oa_id != oa_id:
        raise OtherAccount
    return bool(answered.state)


def check_owner(owner: str, oa_id: str, *, proved: bool) -> None:
    """Refuse a token that is another account's; where Zalo did not say whose, one not proved."""
    if owner != oa_id and (owner or not proved):
        raise OtherAccount


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
