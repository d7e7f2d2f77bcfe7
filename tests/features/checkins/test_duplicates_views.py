"""Pages of records that may be one person, as an officer uses them."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Consent, DeviceToken
from app.accounts.queries.signing_in import find_by_badge
from app.audit.models import AuditEntry
from app.delivery.models import Delivery, Message
from app.kernel.actors import Grant
from app.kernel.ids import new_id
from app.kernel.refusals import Refusal
from app.web.transaction import transact
from app.workforce.actions import people
from app.workforce.models import RosterImport, Worker, WorkerMerge
from app.workforce.queries.badges import find_by_badges
from app.workforce.queries.duplicates import list_candidates_of
from app.workforce.queries.rosters import get_roster, list_roster
from app.workforce.rules.duplicates import MergedAway
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.merges import FEVER, TODAY, WELL, answer, holdings, make_twins, merge, unmerge
from tests.factories.people import STORY, Cast, Person

Write = Callable[[Callable[[Session], Any]], Any]
LIST = "/workers/duplicates"


@pytest.fixture
def twins(cast: Cast, write: Write, clock: SetClock) -> list[Person]:
    made: list[Person] = write(lambda s: make_twins(s, cast.sao_bac, clock.at))
    return made


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    """The browser of the officer of Sao Bắc."""
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


def pair(twins: list[Person]) -> str:
    return f"{LIST}/{twins[0].id}/{twins[1].id}"


def standing(session: Session) -> int:
    return session.scalar(select(func.count()).where(WorkerMerge.undone_at.is_(None))) or 0


def last_act(session: Session) -> str:
    return str(
        session.scalar(
            select(AuditEntry.act)
            .where(AuditEntry.act.startswith("workforce."))
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        )
    )


def test_an_officer_merges_a_pair_and_takes_it_back(
    officer: Browser, twins: list[Person], write: Write, clock: SetClock
) -> None:
    write(lambda s: answer(s, twins[1].id, FEVER, clock.at))
    clock.move(minutes=5)
    page = officer.open(LIST).text
    assert "Cùng tên, cùng ngày sinh" in page
    page = officer.open(pair(twins)).text
    assert "Nguy cơ" in page
    assert "Chưa khai báo" in page
    officer.send("/merge", keep=twins[0].id, take__name=twins[1].id)
    assert "SB-30001" in officer.page.text  # type: ignore[union-attr]
    assert write(standing) == 1
    assert write(last_act) == "workforce.workers_merged"
    assert write(lambda s: s.get_one(Worker, twins[0].id).name) == twins[1].name
    assert "Không thấy hồ sơ nào trùng" in officer.open(LIST).text
    assert "đã gộp vào" in officer.open(f"/workers/{twins[1].id}").text
    clock.move(minutes=5)
    officer.send("/undo")
    assert write(standing) == 0
    assert write(last_act) == "workforce.workers_parted"
    assert write(lambda s: s.get_one(Worker, twins[0].id).name) == twins[0].name
    assert "Cùng tên, cùng ngày sinh" in officer.open(LIST).text


def test_reading_two_levels_is_kept_for_both_workers(
    officer: Browser, twins: list[Person], write: Write
) -> None:
    officer.open(pair(twins))
    shown = write(
        lambda s: s.scalars(
            select(AuditEntry.details).where(AuditEntry.act == "health.viewed")
        ).all()
    )
    assert [set(each["workers"]) for each in shown if each["page"] == "duplicates"] == [
        {each.id for each in twins}
    ]


def test_two_people_are_not_proposed_again_until_that_is_taken_back(
    officer: Browser, twins: list[Person], write: Write
) -> None:
    officer.open(pair(twins))
    officer.send("/two-people")
    assert write(last_act) == "workforce.told_apart"
    assert "Không thấy hồ sơ nào trùng" in officer.open(LIST).text
    token = officer.form("/sign-out").values["csrf_token"]
    officer.post(f"{pair(twins)}/two-people", {"csrf_token": token})  # said twice is said once
    officer.post(f"{pair(twins)}/two-people/undo", {"csrf_token": token})
    assert write(last_act) == "workforce.told_apart_undone"
    assert "Cùng tên, cùng ngày sinh" in officer.open(LIST).text


def test_a_merge_without_a_choice_is_refused(
    officer: Browser, twins: list[Person], write: Write
) -> None:
    officer.open(pair(twins))
    answer = officer.send("/merge", keep="somebody")
    assert answer.status_code == 422
    assert "Chọn hồ sơ được giữ" in answer.text
    assert write(standing) == 0


def test_a_page_older_than_the_records_merges_nothing(
    officer: Browser, twins: list[Person], write: Write, clock: SetClock
) -> None:
    officer.open(pair(twins))
    clock.move(minutes=1)

    def leave(session: Session) -> None:
        worker = session.get_one(Worker, twins[1].id)
        people.end_work(session, worker, last_on=TODAY, actor=STORY, now=clock.at)

    write(leave)
    answer = officer.send("/merge", keep=twins[0].id)
    assert answer.status_code == 409
    assert "Xem lại rồi gộp lại" in answer.text
    assert write(standing) == 0
    # The page now shows them as they are: sent again it goes through.
    assert officer.send("/merge", keep=twins[0].id).status_code == 200
    assert write(standing) == 1


def test_a_record_is_not_merged_with_itself_nor_twice(
    officer: Browser, twins: list[Person], write: Write
) -> None:
    officer.open(pair(twins))
    form = officer.form("/merge")
    values = form.values | {"keep": twins[0].id}
    own = f"{LIST}/{twins[0].id}/{twins[0].id}"
    assert officer.post(f"{own}/merge", values).status_code == 422
    assert officer.post(f"{own}/two-people", values).status_code == 422
    assert officer.open(own).status_code == 404
    officer.open(pair(twins))
    officer.send("/merge", keep=twins[0].id)
    for step in ("merge", "two-people", "two-people/undo"):
        assert officer.post(f"{pair(twins)}/{step}", values).status_code == 409
    assert write(standing) == 1
    assert officer.open(pair(twins)).request.path == f"/workers/{twins[1].id}"


def test_who_holds_a_role_or_has_left_is_not_swallowed(
    officer: Browser, twins: list[Person], cast: Cast, write: Write, clock: SetClock
) -> None:
    nhung = cast.sao_bac.people["nhung"]
    officer.open(f"{LIST}/{twins[0].id}/{nhung.id}")
    assert officer.send("/merge", keep=twins[0].id).status_code == 409
    assert officer.send("/merge", keep=nhung.id).status_code == 200

    def leave(session: Session) -> None:
        worker = session.get_one(Worker, twins[1].id)
        people.end_work(session, worker, last_on=TODAY, actor=STORY, now=clock.at)

    write(leave)
    officer.open(f"{LIST}/{nhung.id}/{twins[1].id}")
    answer = officer.send("/merge", keep=twins[1].id)
    assert (answer.status_code, write(standing)) == (422, 1)


def test_another_company_is_told_that_there_is_no_such_pair(
    officer: Browser, other_browser: Browser, twins: list[Person], cast: Cast, write: Write
) -> None:
    binh, hoa = cast.minh_tri.people["binh"], twins[0]
    officer.open(pair(twins))
    values = officer.form("/merge").values
    for step in ("merge", "two-people", "two-people/undo"):
        for one, other in ((hoa, binh), (binh, hoa)):
            address = f"{LIST}/{one.id}/{other.id}/{step}"
            assert officer.post(address, values | {"keep": one.id}).status_code == 404
    officer.send("/merge", keep=twins[0].id)
    merge_id = write(lambda s: s.scalar(select(WorkerMerge.id)))
    token = {"csrf_token": values["csrf_token"]}
    wrong = f"{LIST}/{cast.sao_bac.people['men'].id}/merges/{merge_id}/undo"
    assert officer.post(wrong, token).status_code == 404
    other_browser.sign_in(cast.minh_tri.people["khoi"])
    theirs = other_browser.open(LIST)
    assert "Không thấy hồ sơ nào trùng" in theirs.text
    token = {"csrf_token": other_browser.form("/sign-out").values["csrf_token"]}
    assert other_browser.open(pair(twins)).status_code == 404
    undo = f"{LIST}/{twins[0].id}/merges/{merge_id}/undo"
    assert other_browser.post(undo, token).status_code == 404
    assert write(standing) == 1


def test_a_merge_is_taken_back_once(officer: Browser, twins: list[Person], write: Write) -> None:
    officer.open(pair(twins))
    officer.send("/merge", keep=twins[0].id)
    form = officer.form("/undo")
    assert officer.post(form.action, form.values).status_code == 302
    assert officer.post(form.action, form.values).status_code == 409


def test_nobody_gets_in_with_the_badge_or_phone_of_the_record_that_went(
    officer: Browser, other_browser: Browser, twins: list[Person], cast: Cast, write: Write
) -> None:
    officer.open(pair(twins))
    officer.send("/merge", keep=twins[0].id)
    gone = twins[1]
    assert other_browser.sign_in(gone).status_code == 401
    assert other_browser.call("/api/v1/me", gone.headers).status_code == 401
    assert other_browser.call("/api/v1/me", twins[0].headers).status_code == 200

    def tokens(session: Session) -> int:
        return (
            session.scalar(
                select(func.count()).where(
                    DeviceToken.account_id == gone.id, DeviceToken.revoked_at.is_(None)
                )
            )
            or 0
        )

    assert write(tokens) == 0
    officer.send("/undo")
    assert other_browser.call("/api/v1/me", gone.headers).status_code == 401
    assert write(tokens) == 0
    assert write(lambda s: find_by_badge(s, cast.sao_bac.id, gone.badge).active)
    assert other_browser.sign_in(gone).status_code == 200


def test_the_old_badge_means_the_kept_record_wherever_it_is_named(
    twins: list[Person], cast: Cast, write: Write, clock: SetClock
) -> None:
    write(lambda s: merge(s, twins[0].id, twins[1].id, clock.at))
    grants = (Grant("safety_officer", cast.sao_bac.path),)  # type: ignore[arg-type]

    def look(session: Session) -> None:
        named = [((twins[1].badge, "SAOBAC"), grants), ((twins[0].badge, ""), grants)]
        found = find_by_badges(session, named)
        assert [each[0] for each in found if each] == [twins[0].id] * 2
        roster = get_roster(session, cast.sao_bac.id, TODAY)
        assert twins[1].badge not in roster.workers
        listed = [each.worker.badge for each in list_roster(session, cast.sao_bac.id, TODAY)]
        assert twins[0].badge in listed
        assert twins[1].badge not in listed
        assert list_candidates_of(session, cast.sao_bac.id) == []

    write(look)


def test_nothing_more_is_done_to_a_record_that_was_merged_away(
    twins: list[Person], write: Write, clock: SetClock
) -> None:
    write(lambda s: merge(s, twins[0].id, twins[1].id, clock.at))

    def take_back(session: Session) -> None:
        worker = session.get_one(Worker, twins[1].id)
        people.take_back(session, worker, on=TODAY, actor=STORY, now=clock.at)

    with pytest.raises(MergedAway):
        write(take_back)


def test_while_a_list_is_being_saved_records_are_not_merged(
    officer: Browser, twins: list[Person], cast: Cast, write: Write, clock: SetClock
) -> None:
    officer.open(pair(twins))
    saving = RosterImport(
        id=new_id(clock.at),
        company_id=cast.sao_bac.id,
        file_name="a.xlsx",
        state="applying",
        created_at=clock.at,
        touched_at=clock.at,
    )
    write(lambda s: s.add(saving))
    assert officer.send("/merge", keep=twins[0].id).status_code == 409
    assert write(standing) == 0


def test_messages_change_hands_but_nobody_is_told_the_same_twice(
    twins: list[Person], write: Write, clock: SetClock
) -> None:
    kept, gone = twins[0].id, twins[1].id
    later = clock.at + timedelta(hours=1)

    def tell(session: Session, to: tuple[str, ...]) -> str:
        message_id = new_id(clock.at)
        moments = {"created_at": clock.at, "not_before": clock.at, "expires_at": later}
        session.add(Message(id=message_id, kind="reminder", lane="normal", texts={}, **moments))
        session.flush()
        for person_id in to:
            session.add(
                Delivery(
                    id=new_id(clock.at),
                    message_id=message_id,
                    person_id=person_id,
                    channel="in_app",
                    status="queued",
                    lane="normal",
                    created_at=clock.at,
                    expires_at=later,
                )
            )
        session.flush()
        return message_id

    both, one = write(lambda s: tell(s, (kept, gone))), write(lambda s: tell(s, (gone,)))
    before = write(lambda s: holdings(s, gone)["delivery"])
    merge_id = write(lambda s: merge(s, kept, gone, clock.at))

    def look(session: Session) -> set[tuple[str, str, str]]:
        rows = session.execute(
            select(Delivery.message_id, Delivery.person_id, Delivery.status)
        ).all()
        return {(row[0], row[1], row[2]) for row in rows}

    assert write(look) == {
        (both, kept, "queued"),
        (both, gone, "skipped"),
        (one, kept, "queued"),
    }
    write(lambda s: unmerge(s, merge_id, clock.at))
    assert write(lambda s: holdings(s, gone)["delivery"]) == before


def test_a_refusal_of_the_notice_holds_whichever_record_it_was_said_with(
    twins: list[Person], write: Write, clock: SetClock
) -> None:
    kept, gone = twins[0].id, twins[1].id
    clock.move(minutes=1)
    no = Consent(id=new_id(clock.at), account_id=gone, version="1", agreed=False, at=clock.at)
    write(lambda s: s.add(no))
    write(lambda s: merge(s, kept, gone, clock.at))

    def newest(session: Session) -> bool | None:
        return session.scalar(
            select(Consent.agreed).where(Consent.account_id == kept).order_by(Consent.at.desc())
        )

    assert write(newest) is False


def test_of_two_officers_who_merge_at_once_one_is_told(
    twins: list[Person], in_app: Flask, write: Write, clock: SetClock
) -> None:
    start = threading.Barrier(2)
    outcomes: list[Any] = []

    def press(kept: str, gone: str) -> None:
        with in_app.app_context():
            start.wait()
            try:
                outcomes.append(transact(lambda s: merge(s, kept, gone, clock.at)))
            except Refusal as refusal:
                outcomes.append(refusal.code)

    one, other = twins[0].id, twins[1].id
    pressed = [threading.Thread(target=press, args=each) for each in ((one, other), (other, one))]
    for each in pressed:
        each.start()
    for each in pressed:
        each.join()
    assert write(standing) == 1
    assert sorted(map(type, outcomes), key=str) == [int, str]
    assert "workforce.merged_away" in outcomes


def test_an_answer_under_the_old_badge_is_the_kept_records(
    twins: list[Person], write: Write, clock: SetClock
) -> None:
    kept, gone = twins[0].id, twins[1].id
    write(lambda s: answer(s, gone, WELL, clock.at))
    write(lambda s: merge(s, kept, gone, clock.at))
    assert write(lambda s: len(holdings(s, kept)["check_in"])) == 1
    assert write(lambda s: holdings(s, gone)["check_in"]) == []
