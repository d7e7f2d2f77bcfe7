"""Which names and addresses our own authority may vouch for, and when a certificate is renewed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.upkeep.rules.certificates import (
    RENEWED_BEFORE_END,
    Certificate,
    CertificateKind,
    Ended,
    NotBegun,
    NotInternal,
    NotPrivate,
    check_period,
    is_due,
    is_private,
    read_addresses,
    read_names,
)

NOW = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)
LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


def lasting(days: float, kind: CertificateKind = CertificateKind.LOCAL) -> Certificate:
    return Certificate(kind, ("a.internal",), NOW, NOW + timedelta(days=days), "00")


@given(st.lists(LABEL, min_size=1, max_size=3), st.sampled_from(("", ".", " ")))
def test_names_under_internal_are_taken_as_they_are(labels: list[str], tail: str) -> None:
    name = ".".join([*labels, "internal"])
    assert read_names([name.upper() + tail, name]) == (name, "localhost")


@pytest.mark.parametrize(
    "name",
    ["internal", "anca", "anca.local", "bank.vn", "*.internal", "a..internal", "-a.internal", "",
     "công.internal", "a.internal.vn", f"{'a' * 64}.internal", "a b.internal"],
)  # fmt: skip
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(NotInternal):
        read_names([name])


@given(st.ip_addresses())
def test_only_addresses_of_private_networks_are_taken(address: object) -> None:
    text = str(address)
    private = text.startswith(("10.", "192.168.", "127.")) or any(
        text.startswith(f"172.{second}.") for second in range(16, 32)
    )
    assert is_private(address) == private
    if private:
        assert text in read_addresses([text])
    else:
        with pytest.raises(NotPrivate):
            read_addresses([text])


def test_what_is_no_address_is_refused() -> None:
    for text in ("", "192.168.1", "192.168.1.10/24", "anca.internal"):
        with pytest.raises(NotPrivate):
            read_addresses([text])


def test_only_our_own_certificates_are_renewed_and_only_near_their_end() -> None:
    edge = RENEWED_BEFORE_END.days
    assert is_due(lasting(edge), NOW)
    assert not is_due(lasting(edge + 1), NOW)
    assert not is_due(lasting(1, CertificateKind.PUBLIC), NOW)


def test_a_certificate_that_browsers_would_refuse_is_not_taken_over() -> None:
    with pytest.raises(Ended):
        check_period(lasting(0), NOW)
    with pytest.raises(NotBegun):
        check_period(lasting(10), NOW - timedelta(seconds=1))
    check_period(lasting(10), NOW)
