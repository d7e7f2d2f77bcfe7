"""A paper list keyed in: typed once, reviewed like every sheet, shown with both its times."""

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.accounts.models import Branch
from app.checkins.models import AnswerSheet, Duty
from app.checkins.queries.answers import find_check_in, list_check_ins
from app.checkins.queries.duties import list_shift_counts
from app.checkins.rules import Counts, DutyMark, DutyState, Level, tally
from app.extensions import db
from app.workforce.models import Worker
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import Cast, Person, make_worker

ON = date(2026, 11, 24)
PAPER = "Ghi trên giấy lúc 05:50, nhập lúc 09:12"


class Keyer:
    """Somebody who keys a list in, without JavaScript."""

    def __init__(self, browser: Browser, cast: Cast) -> None:
        self.browser, self.unit = browser, cast.sao_bac.lines["Chuyền 3"]
        self.places: dict[str, int] = {}

    def start(self, on: str = "2026-11-24", shift: str = "ca1", unit: int = 0) -> TestResponse:
        """Open the empty form."""
        asked = f"unit={unit or self.unit}&on={on}&shift={shift}"
        page = self.browser.open(f"/today/sheets/keying?{asked}")
        self._number(page)
        return page

    def _number(self, page: TestResponse) -> None:
        who = re.findall(r'name="who" value="(\S+) [^"]*"', page.text)
        self.places = {worker_id: place for place, worker_id in enumerate(who)}

    def send(
        self, rows: dict[Person, dict[str, Any]], written_at: str = "05:50", **more: str
    ) -> TestResponse:
        """Type these rows and send the list; the page that follows is shown."""
        assert self.browser.page is not None
        fields: dict[str, Any] = self.browser.form("/keying").values
        fields["who"] = re.findall(r'name="who" value="([^"]+)"', self.browser.page.text)
        fields["written-at"] = written_at
        for person, typed in rows.items():
            place = self.places[person.id]
            fields |= {f"{name}-{place}": value for name, value in typed.items()}
        fields |= more
        sent = self.browser._ask("POST", "/today/sheets/keying", data=fields, follow_redirects=True)
        return self.browser._show(sent)

    def settle(self, do: str = "keep") -> TestResponse:
        """Keep or discard every line of the review that is shown."""
        assert self.browser.page is not None
        page = self.browser.page
        lines = re.findall(r'name="line" value="([^"]+)"', page.text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None
        values: dict[str, Any] = {"csrf_token": token[1], "do": do, "line": lines}
        return self.browser._show(
            self.browser._ask(
                "POST", f"{page.request.path}/settle", data=values, follow_redirects=True
            )
        )


@pytest.fixture
def keyer(browser: Browser, cast: Cast) -> Keyer:
    """The team member of line 3."""
    browser.sign_in(cast.sao_bac.people["nhung"])
    return Keyer(browser, cast)


@pytest.fixture
def late(clock: SetClock, cast: Cast) -> SetClock:
    """12 minutes past nine: the shift began three hours ago."""
    clock.move(hours=4, minutes=2)
    return clock


def level_of(session: Any, person: Person) -> str | None:
    session.rollback()
    found = find_check_in(session, person.id, ON, "ca1")
    return found.level if found else None


def test_the_form_has_everybody_in_the_order_of_the_sheet_and_nobody_is_well_beforehand(
    keyer: Keyer, cast: Cast
) -> None:
    page = keyer.start()
    people = cast.sao_bac.people
    assert list(keyer.places) == [people[each].id for each in ("hoa", "anh", "nhung")]
    checked = re.findall(r'name="result-\d+" value="(\w*)" checked', page.text)
    assert checked == ["", "", ""]
    assert page.text.count("chưa khai") == 3


@pytest.mark.usefixtures("late")
def test_keyed_answers_keep_the_time_on_the_paper_and_are_shown_as_entered_late(
    keyer: Keyer, cast: Cast, session: Any, clock: SetClock, other_browser: Browser
) -> None:
    hoa, anh, nhung = (cast.sao_bac.people[each] for each in ("hoa", "anh", "nhung"))
    keyer.start()
    cough = {"result": "signs", "sign": ["cough"], "warm": "37,9"}
    keyer.send({hoa: {"result": "well", "warm": "36,6"}, anh: cough, nhung: {"result": "absent"}})
    review = keyer.browser.page
    assert review is not None
    assert "nhập lúc 09:12" in review.text
    assert level_of(session, hoa) is None
    keyer.settle()
    assert level_of(session, hoa) == "green"
    kept = find_check_in(session, anh.id, ON, "ca1")
    assert kept is not None
    assert (kept.source, kept.on_time, kept.clock_suspect) == ("paper", True, False)
    assert kept.counted_at == kept.made_at == clock.at - timedelta(hours=3, minutes=22)
    assert kept.received_at == clock.at
    assert kept.answers["symptoms"] == ["cough"]
    counts = list_shift_counts(session, [cast.sao_bac.id], ON)["ca1"]
    assert (counts.answered, counts.on_time, counts.absent) == (2, 2, 1)
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    assert PAPER in other_browser.open(f"/workers/{anh.id}/health").text
    assert PAPER in other_browser.open("/today/standing").text
    told = other_browser.call("/api/v1/my-record", hoa.headers).get_json()["answers"][0]
    assert told["entered_late"]
    assert (told["made_at"][:16], told["received_at"][:16]) == (
        "2026-11-24T05:50",
        "2026-11-24T09:12",
    )
    me = other_browser.call("/api/v1/me", hoa.headers).get_json()
    assert me["check_in"] is None or me["check_in"]["entered_late"]


@pytest.mark.usefixtures("late")
def test_in_time_or_not_is_judged_by_the_time_on_the_paper(
    keyer: Keyer, cast: Cast, session: Any
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    keyer.start()
    keyer.send({hoa: {"result": "well"}, anh: {"result": "well", "at": "07:30"}})
    keyer.settle()
    session.rollback()
    in_time = {
        each.name: found.on_time
        for each in (hoa, anh)
        if (found := find_check_in(session, each.id, ON, "ca1"))
    }
    assert in_time == {hoa.name: True, anh.name: False}


def test_what_is_keyed_at_once_is_not_marked(
    keyer: Keyer, cast: Cast, session: Any, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    keyer.start()
    page = keyer.send({hoa: {"result": "well"}}, written_at="05:10")
    assert "nhập lúc" not in page.text
    keyer.settle()
    told = keyer.browser.call("/api/v1/my-record", hoa.headers).get_json()["answers"][0]
    assert told["entered_late"] is False


@pytest.mark.parametrize(
    ("typed", "written_at", "sentence"),
    [
        ({"result": "well", "warm": "366"}, "05:05", "nhiệt độ"),
        ({"result": "signs"}, "05:05", "chưa đánh dấu hiệu nào"),
        ({"result": "well", "sign": ["cough"]}, "05:05", "Đã chọn Khoẻ mà vẫn đánh dấu hiệu"),
        ({"result": "absent", "warm": "36,6"}, "05:05", "Đã chọn Vắng mà vẫn ghi"),
        ({"warm": "36,6"}, "05:05", "chưa chọn kết quả"),
        ({"result": "well", "at": "13:30"}, "05:05", "Giờ này chưa tới"),
        ({"result": "well", "at": "17:30"}, "05:05", "Giờ này không thuộc ca"),
        ({"result": "well"}, "13:30", "Giờ này chưa tới"),
        ({"result": "well"}, "sáng", "Không đọc được giờ hỏi"),
        ({"result": "well"}, "", "Ghi giờ trên giấy"),
        ({}, "05:05", "Chưa có kết quả của ai"),
    ],
)
def test_a_wrong_list_is_shown_again_with_all_that_was_typed(
    keyer: Keyer, cast: Cast, session: Any, typed: dict[str, Any], written_at: str, sentence: str
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    keyer.start()
    other = {"result": "signs", "sign": ["fever"], "other": "mẩn đỏ", "warm": "38,1", "at": "0504"}
    both = {hoa: typed} if not typed else {hoa: typed, anh: other}
    page = keyer.send(both, written_at=written_at)
    assert page.status_code == 422
    assert sentence.lower() in page.text.lower()
    again = keyer.browser.form("/keying").values
    assert again["written-at"] == written_at
    for name in set(typed) - {"sign"}:
        assert again[f"{name}-{keyer.places[hoa.id]}"] == typed[name]
    if typed:
        place = keyer.places[anh.id]
        kept = {name: again[f"{name}-{place}"] for name in ("other", "warm", "at", "result")}
        assert kept == {name: other[name] for name in kept}
        assert again[f"sign-{place}"] == "fever"
    session.rollback()
    assert session.query(AnswerSheet).count() == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"on": "2026-11-01"}, 422),
        ({"on": "2026-12-01"}, 422),
        ({"on": "hôm qua"}, 422),
        ({"shift": "ca9"}, 422),
        ({"unit": "999999"}, 404),
        ({"unit": "x"}, 404),
    ],
)
def test_a_list_of_another_day_or_place_is_refused(
    keyer: Keyer, cast: Cast, session: Any, changed: dict[str, str], status: int
) -> None:
    keyer.start()
    page = keyer.send({cast.sao_bac.people["hoa"]: {"result": "well"}}, "05:05", **changed)
    assert page.status_code == status
    session.rollback()
    assert session.query(AnswerSheet).count() == 0


def test_a_line_that_is_not_ones_own_is_neither_shown_nor_taken(
    keyer: Keyer, cast: Cast, session: Any, other_browser: Browser
) -> None:
    beyond = cast.sao_bac.lines["Chuyền 7"]
    assert keyer.start(unit=beyond).status_code == 404
    keyer.start()
    hoa = cast.sao_bac.people["hoa"]
    assert keyer.send({hoa: {"result": "well"}}, "05:05", unit=str(beyond)).status_code == 404
    other_browser.sign_in(cast.minh_tri.people["khoi"])
    assert Keyer(other_browser, cast).start().status_code == 404


def test_a_request_without_the_token_changes_nothing(
    keyer: Keyer, cast: Cast, node: Node, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"unit": str(keyer.unit), "on": "2026-11-24", "shift": "ca1", "written-at": "05:05"}
    values["who"] = f"{cast.sao_bac.people['hoa'].id} expected:0"
    answer = keyer.browser.post_forged("/today/sheets/keying", **values, **{"result-0": "well"})
    assert answer.status_code == 400
    session.rollback()
    assert session.query(AnswerSheet).count() == 0


def test_a_name_that_is_of_no_worker_is_never_recorded(
    keyer: Keyer, cast: Cast, session: Any
) -> None:
    binh = cast.minh_tri.people["binh"]
    keyer.start()
    page = keyer.send({}, "05:05", who=f"{binh.id} expected:0", **{"result-0": "well"})
    assert binh.name not in page.text
    assert "Không ghi được" in page.text
    keyer.settle()
    session.rollback()
    assert list_check_ins(session, binh.id) == []


def test_who_left_or_moved_meanwhile_is_named_and_not_recorded(
    keyer: Keyer, cast: Cast, session: Any, write: Callable[..., Any]
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    keyer.start()
    gone = update(Worker).where(Worker.id == hoa.id).values(left_on=date(2026, 11, 23))
    write(lambda s: s.execute(gone).rowcount)
    again = keyer.send({hoa: {"result": "well"}, anh: {"result": "signs"}}, "05:05")
    assert again.status_code == 422
    assert hoa.name in again.text
    assert "không có trong ca này ở đây" in again.text
    keyer._number(again)
    review = keyer.send({anh: {"result": "well"}}, "05:05")
    assert "Không ghi được" in review.text
    assert hoa.name in review.text
    keyer.settle()
    assert level_of(session, hoa) is None
    assert level_of(session, anh) == "green"


@pytest.mark.usefixtures("late")
def test_two_people_who_key_the_same_list_see_each_others_and_nothing_is_overwritten(
    keyer: Keyer, cast: Cast, session: Any, other_browser: Browser
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    second = Keyer(other_browser, cast)
    keyer.start()
    second.start()
    keyer.send({hoa: {"result": "signs", "sign": ["fever"]}, anh: {"result": "well"}})
    assert "còn dòng chờ xem" in Keyer(other_browser, cast).start().text
    second.start()
    keyer.settle()
    page = second.send({hoa: {"result": "well"}, anh: {"result": "well"}})
    assert "Có khai báo khác sau khi làm phiếu" in page.text
    assert "Đã có giống như vậy" in page.text
    assert PAPER in page.text
    second.settle()
    session.rollback()
    assert [each.level for each in list_check_ins(session, hoa.id)] == ["green", "red"]
    assert len(list_check_ins(session, anh.id)) == 1


def test_what_was_told_by_phone_before_the_form_was_opened_stands_beside_the_paper(
    keyer: Keyer, cast: Cast, session: Any, clock: SetClock
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    fever = {"symptoms": ["fever"], "temperature_c": 38.6, "exposures": {}}
    body = {"shift_on": "today", "shift": "ca1", "answers": fever, "rules": "workplace_2020@1"}
    key = "01a20000-0000-7000-8000-000000000001"
    command = {"key": key, "kind": "check_in", "made_at": clock.at.isoformat(), "body": body}
    sent = {"commands": [command]}
    keyer.browser.client.post("/api/v1/commands", json=sent, headers=hoa.headers)
    keyer.start()
    page = keyer.send({hoa: {"result": "well"}, anh: {"result": "well"}}, "05:05")
    assert "Có khai báo khác sau khi làm phiếu" in page.text
    ticked = re.findall(r'name="line" value="(\S+) [^"]*"[^>]*checked', page.text)
    assert ticked == [anh.id]


def test_a_list_sent_again_from_the_same_form_replaces_itself_until_it_is_settled(
    keyer: Keyer, cast: Cast, session: Any
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    form = keyer.start()
    keyer.send({hoa: {"result": "well"}}, "05:05")
    keyer.browser._show(form)
    keyer.send({hoa: {"result": "signs", "sign": ["fever"]}}, "05:05")
    session.rollback()
    assert session.query(AnswerSheet).count() == 1
    keyer.settle()
    assert level_of(session, hoa) == "red"
    keyer.browser._show(form)
    keyer.send({hoa: {"result": "well"}}, "05:05")
    session.rollback()
    assert session.query(AnswerSheet).count() == 2


def test_nobody_replaces_the_list_of_somebody_else(
    keyer: Keyer, cast: Cast, session: Any, other_browser: Browser
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    keyer.start()
    list_id = keyer.browser.form("/keying").values["list"]
    keyer.send({hoa: {"result": "well"}}, "05:05")
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    second = Keyer(other_browser, cast)
    second.start()
    second.send({hoa: {"result": "signs", "sign": ["cough"]}}, "05:05", list=list_id)
    session.rollback()
    assert session.query(AnswerSheet).count() == 2


def test_a_shift_that_nobody_has_says_so(keyer: Keyer) -> None:
    assert "Không ai được xếp vào ca này" in keyer.start(shift="ca2").text


def test_a_whole_company_is_no_list(
    cast: Cast, browser: Browser, write: Callable[..., Any], clock: SetClock
) -> None:
    def many(session: Any) -> None:
        line = session.get(Branch, cast.sao_bac.lines["Chuyền 3"])
        for number in range(150):
            badge = f"SB-3{number:04}"
            make_worker(session, line, badge, f"Ng {number}", clock.at, pin=None, agreed=False)

    write(many)
    browser.sign_in(cast.sao_bac.people["hanh"])
    page = Keyer(browser, cast).start(unit=cast.sao_bac.id)
    assert page.status_code == 422
    assert "hơn 150 người" in page.text
    db.session.remove()


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_keyed_the_figures_are_a_recount_and_a_refused_list_changes_nothing(
    keyer: Keyer, cast: Cast, session: Any, seed: int
) -> None:
    chance = random.Random(seed)
    people = [cast.sao_bac.people[each] for each in ("hoa", "anh", "nhung")]
    for _ in range(8):
        keyer.start()
        before = recount(session, cast)
        page = keyer.send({each: random_row(chance) for each in people}, chance.choice(TIMES))
        assert recount(session, cast) == before
        if page.status_code == 422:
            assert 'class="err' in page.text
            continue
        keyer.settle(chance.choice(["keep", "keep", "discard"]))
        after = recount(session, cast)
        assert list_shift_counts(session, [cast.sao_bac.id], ON)["ca1"] == after
        for each in people:
            for kept in list_check_ins(session, each.id):
                assert kept.source == "paper"
                assert kept.made_at.strftime("%H:%M") in {"22:50", "22:41"}  # as keyed, UTC


TIMES = ("05:50", "05:50", "0550", "", "17:30")


def random_row(chance: random.Random) -> dict[str, Any]:
    """A row as somebody in a hurry types it."""
    row: dict[str, Any] = {"result": chance.choice(["", "well", "well", "signs", "absent"])}
    if chance.random() < 0.3:
        row["warm"] = chance.choice(["36,6", "38,4", "366"])
    if row["result"] == "signs" or chance.random() < 0.1:
        row["sign"] = chance.sample(["fever", "cough", "contact_f1"], chance.randrange(3))
    if chance.random() < 0.2:
        row["at"] = "05:41"
    return row


def recount(session: Any, cast: Cast) -> Counts:
    """The figures of shift 1 from the duties themselves."""
    session.rollback()
    duties = session.query(Duty).filter_by(company_id=cast.sao_bac.id, shift_on=ON, shift="ca1")
    figures = Counts()
    for each in duties:
        level = Level(each.level) if each.level else None
        figures += tally(DutyMark(DutyState(each.state), level, each.on_time))
    return figures
