"""Consent to an account: the challenge that a console knows, and answers that are not ours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules.consent import (
    VERIFIER,
    Answered,
    Asked,
    ConsentRefused,
    ConsentStale,
    OtherAccount,
    challenge_of,
    check_owner,
    consent_address,
    read_answer,
    verifier_for,
)

AT = datetime(2026, 11, 23, 22, tzinfo=UTC)
ASKED = Asked("state-1", AT)


def test_the_challenge_is_that_of_the_rfc() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@given(st.text(max_size=60))
def test_every_secret_has_a_verifier_of_its_own_in_the_form_that_zalo_takes(secret: str) -> None:
    assert VERIFIER.fullmatch(verifier_for(secret))
    assert verifier_for(secret) != verifier_for(secret + "x")


def test_what_is_asked_stands_in_the_address_and_nothing_else_gets_in() -> None:
    address = consent_address(
        "https://o", app_id="1", redirect_uri="https://a/b?c=d&e", challenge="x", state="&s=1"
    )
    assert address == (
        "https://o/v4/oa/permission?app_id=1&redirect_uri=https%3A%2F%2Fa%2Fb%3Fc%3Dd%26e"
        "&code_challenge=x&state=%26s%3D1"
    )


@given(st.text(), st.text(), st.text(), st.integers(-100, 10_000))
def test_only_an_answer_to_our_own_question_is_taken(
    code: str, oa_id: str, state: str, seconds: int
) -> None:
    now = AT + timedelta(seconds=seconds)
    try:
        proved = read_answer(ASKED, Answered(code, oa_id, state), "77", now)
    except (ConsentStale, ConsentRefused, OtherAccount):
        return
    assert 0 <= seconds <= 900
    assert state in {"", "state-1"}
    assert oa_id in {"", "77"}
    assert proved == (state == "state-1")


def test_an_answer_with_our_state_proves_itself_and_one_without_does_not() -> None:
    assert read_answer(ASKED, Answered("c", "77", "state-1"), "77", AT)
    assert not read_answer(ASKED, Answered("c", "77"), "77", AT)
    check_owner("77", "77", proved=False)
    check_owner("", "77", proved=True)
    for owner, proved in (("78", True), ("", False)):
        with pytest.raises(OtherAccount):
            check_owner(owner, "77", proved=proved)
