"""What goes down, what comes up, and what the figures of parks add up to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alerts.rules.audience import AlertAudience, make_audience, read_codes, seal
from app.alerts.rules.reach import AlertReach, ParkReach, count_in
from app.alerts.rules.refusals import (
    BadCompanyCode,
    BadShift,
    CompaniesNeedParks,
    MalformedState,
)
from app.alerts.rules.told import (
    AlertProgress,
    ParkProgress,
    ParkStage,
    notice_body,
    read_state,
    stage_of,
)
from app.kernel.refusals import Refusal
from app.notices.rules.arriving import (
    is_time_to_tell,
    read_cancel,
    read_notice,
)
from app.notices.rules.refusals import NoTarget
from app.notices.rules.wording import Wording, make_wording

NOW = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)
STATE = {"alert": "a1", "version": 1, "as_of": "2026-11-24T05:10:00+07:00", "state": "sent"}
junk = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
words = st.text(st.characters(codec="utf-8", exclude_characters="{}"), min_size=1, max_size=60)


def body(wording: Wording, audience: AlertAudience) -> dict[str, Any]:
    return notice_body(
        alert_id="a1",
        version=3,
        sender="Sở Y tế Bắc Giang",
        wording=wording,
        severity="Severe",
        audience=audience,
        approved_at=NOW,
        expires_at=NOW + timedelta(hours=8),
        reason="",
        seal="0" * 64,
    )


@given(words, words, st.sets(st.sampled_from(["ca1", "ca2", "night12"])))
def test_a_park_reads_what_the_province_wrote(title: str, text: str, shifts: set[str]) -> None:
    try:
        wording = make_wording(title, text)
    except Refusal:
        return
    audience = make_audience(
        whole=False, parks=["p"], companies=["SAOBAC"], shifts=shifts, on=NOW.date()
    )
    told = read_notice(body(wording, audience))
    assert (told.wording, told.version) == (wording, 3)
    assert (told.companies, told.shifts, told.on) == (("SAOBAC",), audience.shifts, audience.on)


@given(
    st.dictionaries(st.sampled_from(sorted(body(make_wording("a", "b"), AlertAudience()))), junk)
)
def test_whatever_is_wrong_in_a_notice_is_refused_and_never_a_fault(wrong: dict[str, Any]) -> None:
    told = {**body(make_wording("a", "b"), AlertAudience()), **wrong}
    for read in (read_notice, read_cancel):
        try:
            read(told)
        except Refusal as refusal:
            assert refusal.code.startswith(("notices.", "reminders."))  # noqa: PT017


@given(st.dictionaries(st.sampled_from([*STATE, "audience", "gone", "reached", "read"]), junk))
def test_whatever_is_wrong_in_a_state_is_refused(wrong: dict[str, Any]) -> None:
    try:
        told = read_state({**STATE, **wrong})
    except MalformedState:
        return
    known = [n for n in (told.audience, told.gone, told.reached, told.read) if n is not None]
    assert known == sorted(known, reverse=True)


@pytest.mark.parametrize(
    "told", [{"audience": 3, "read": 4}, {"audience": True}, {"audience": -1}, {"state": "odd"}]
)
def test_more_readers_than_people_are_not_believed(told: dict[str, Any]) -> None:
    with pytest.raises(MalformedState):
        read_state({**STATE, **told})


def test_a_park_that_told_nothing_is_in_no_sum() -> None:
    def park(node: str, audience: int | None, read: int | None) -> ParkProgress:
        return ParkProgress(
            *(node, node, ParkStage.SENT, 1, NOW, NOW if audience is not None else None, NOW),
            *(False, audience, read, read),
        )

    progress = AlertProgress((park("a", 10, 5), park("b", None, None)))
    assert (progress.audience, progress.read, progress.share) == (10, 5, 0.5)
    assert [each.node for each in progress.silent] == ["b"]
    assert AlertProgress((park("b", None, None),)).share is None


@pytest.mark.parametrize(
    ("seq", "confirmed", "told", "stage"),
    [
        (None, 9, "", ParkStage.PENDING),
        (5, 4, "", ParkStage.WAITING),
        (5, 5, "", ParkStage.RECEIVED),
        (5, 0, "sent", ParkStage.SENT),  # what it told says more than a receipt that is not here
        (5, 5, "unapplied", ParkStage.UNAPPLIED),
    ],
)
def test_how_far_a_park_came(seq: int | None, confirmed: int, told: str, stage: ParkStage) -> None:
    assert stage_of(seq, confirmed, told) is stage


def test_an_audience_needs_parks_for_codes_and_a_day_for_shifts() -> None:
    with pytest.raises(NoTarget):
        make_audience(whole=False, parks=[])
    with pytest.raises(CompaniesNeedParks):
        make_audience(whole=True, parks=[], companies=["A"])
    with pytest.raises(BadShift):
        make_audience(whole=True, parks=[], shifts=["ca1"])
    with pytest.raises(BadShift):
        make_audience(whole=True, parks=[], shifts=["ca9"], on=NOW.date())
    with pytest.raises(BadCompanyCode):
        read_codes("x" * 41)
    assert read_codes(" saobac; MinhTri,saobac ") == ("SAOBAC", "MINHTRI")


@given(st.sets(st.text("abc", min_size=1, max_size=2)), st.sets(st.sampled_from(["ca1", "ca2"])))
def test_another_audience_is_another_seal(parks: set[str], shifts: set[str]) -> None:
    wording = make_wording("a", "b")
    one = make_audience(whole=not parks, parks=parks, shifts=shifts, on=NOW.date())
    other = make_audience(whole=False, parks={*parks, "other"}, shifts=shifts, on=NOW.date())
    assert seal(wording, one, "Severe", "x", "") != seal(wording, other, "Severe", "x", "")


@given(junk)
def test_figures_that_cannot_be_read_count_nobody(rows: Any) -> None:
    good = [{"code": "SAOBAC", "expected": 40}, {"code": "*", "expected": 9}]
    assert count_in([{"companies": rows}, {"companies": good}], ()) == (40, {"SAOBAC"})


def test_parks_without_figures_are_named_and_counted_as_nobody() -> None:
    reach = AlertReach(
        (
            ParkReach("a", "A", 100, NOW, NOW, away=False),
            ParkReach("b", "B", 20, NOW - timedelta(days=3), None, away=True),
            ParkReach("c", "C", None, None, None, away=True),
        )
    )
    assert (reach.people, reach.people_now, reach.people_later) == (120, 100, 20)
    assert [each.name for each in reach.untold] == ["C"]
    assert [each.name for each in reach.online] == ["A"]
    assert reach.oldest == NOW


@given(st.integers(0, 30 * 24 * 60))
def test_figures_go_up_ever_more_seldom_so_that_a_day_stays_small(first: int) -> None:
    told, entries = NOW, 0
    for minute in range(24 * 60):
        now = NOW + timedelta(minutes=first + minute)
        if is_time_to_tell(told, NOW, now, other_state=False):
            told, entries = now, entries + 1
    assert entries <= 30
