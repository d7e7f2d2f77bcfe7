"""The search of workers finds whom it should, follows every change, and leaks nobody."""

import unicodedata
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.web.schema import downgrade_on, upgrade
from app.workforce.actions import bulk
from app.workforce.actions.people import (
    Particulars,
    add_worker,
    change_worker,
    end_work,
    move_worker,
    take_back,
)
from app.workforce.models import Worker
from app.workforce.queries.searching import find_workers_matching, phone_tail_index
from app.workforce.queries.workers import list_workers
from app.workforce.rules import Particulars as Facts
from app.workforce.rules.groups import BadgeTaken
from tests.conftest import MORNING
from tests.factories.browser import Browser
from tests.factories.people import STORY, Cast

Write = Callable[[Callable[[Session], Any]], Any]
NAMES = (
    "Nguyễn Thị Hoà",
    "Thân Thị Ngọc Ánh",
    "Đặng Đình Quý",
    "Lò Văn Mỹ",
    "Y Thuỷ Tiên",
    "Trần Lê Uyên Phương Thảo",
    "O'Brien Kévin",
    "Hoàng-Anh",
)


@pytest.fixture
def find(session: Session, cast: Cast) -> Callable[..., list[str]]:
    """Names found in Sao Bắc, best first."""

    def found(wanted: str, path: str = "", **more: Any) -> list[str]:
        session.rollback()
        listed = list_workers(session, [path or cast.sao_bac.path], wanted=wanted, **more)
        return [row.worker.name for row in listed.rows]

    return found


def add(session: Session, line: int, badge: str, name: str, phone: str | None = None) -> str:
    unit = session.get_one(Branch, line)
    return add_worker(
        session, unit, Particulars(badge, name, phone=phone), actor=STORY, now=MORNING
    )


def facts_of(worker: Worker, **changes: Any) -> Particulars:
    kept = {"badge": worker.badge, "name": worker.name, "phone": worker.phone}
    return Particulars(**{**kept, **changes})


def bare(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def test_any_order_of_any_beginnings_finds_the_worker(
    write: Write, find: Callable[..., list[str]], cast: Cast, long_run: bool
) -> None:
    line = cast.sao_bac.lines["Chuyền 3"]

    def work(session: Session) -> None:
        for number, name in enumerate(NAMES):
            add(session, line, f"X-{number:03d}", name)

    write(work)
    chance = Random(11)
    for name in NAMES:
        for _ in range(200 if long_run else 12):
            words = name.replace("-", " ").replace("'", " ").split()
            chance.shuffle(words)
            typed = " ".join(word[: chance.randint(1, len(word))] for word in words)
            said = chance.choice([str.upper, str.lower, str])(chance.choice([typed, bare(typed)]))
            assert name in find(said), said


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("SB-20417", "Nguyễn Thị Hoa"),
        ("sb20733", "Giáp Thị Mến"),
        ("20733", "Giáp Thị Mến"),
        ("207", "Giáp Thị Mến"),
        ("men sb 20733", "Giáp Thị Mến"),
        ("118", "Nguyễn Thị Hoa"),
        ("0118", "Nguyễn Thị Hoa"),
        ("000118", "Nguyễn Thị Hoa"),
        ("0900.000.118", "Nguyễn Thị Hoa"),
        ("+84 900 000 118", "Nguyễn Thị Hoa"),
        ("hoa 118", "Nguyễn Thị Hoa"),
        ("chuyen 7", "Giáp Thị Mến"),
        ("7 chuyền mến", "Giáp Thị Mến"),
        ("thi ngoc a", "Thân Thị Ngọc Ánh"),
    ],
)
def test_badges_phones_and_lines_find_people(
    find: Callable[..., list[str]], wanted: str, first: str
) -> None:
    assert find(wanted)[:1] == [first]


@pytest.mark.parametrize("wanted", ["900118", "900000118118", "oa", "chuyen 4", "hoa men", "119"])
def test_what_fits_nobody_finds_nobody(find: Callable[..., list[str]], wanted: str) -> None:
    assert find(wanted) == []


def test_an_exact_badge_stands_first_then_beginnings_then_names(
    write: Write, find: Callable[..., list[str]], cast: Cast
) -> None:
    line = cast.sao_bac.lines["Chuyền 3"]

    def work(session: Session) -> None:
        add(session, line, "K-1", "Trần Một")
        add(session, line, "K12", "An Hai")
        add(session, line, "K-11", "Bùi Bốn")
        add(session, line, "Q-1", "A K1")

    write(work)
    assert find("k1") == ["Trần Một", "Bùi Bốn", "An Hai", "A K1"]


def test_the_search_follows_a_rename_a_move_an_end_and_a_return(
    write: Write, find: Callable[..., list[str]], cast: Cast
) -> None:
    hoa, line7 = cast.sao_bac.people["hoa"].id, cast.sao_bac.lines["Chuyền 7"]
    who = {"actor": STORY, "now": MORNING}

    def rename(session: Session) -> None:
        worker = session.get_one(Worker, hoa)
        new = facts_of(worker, name="Nguyễn Thị Huệ", badge="SB-99", phone="0912345678")
        change_worker(session, worker, new, **who)

    write(rename)
    assert find("hoa") == find("20417") == find("118") == []
    assert find("hue") == find("sb99") == find("5678") == find("chuyen 3 hue") == ["Nguyễn Thị Huệ"]

    def move(session: Session) -> None:
        unit = session.get_one(Branch, line7)
        on = date(2026, 11, 24)
        move_worker(session, session.get_one(Worker, hoa), unit, on=on, **who)

    write(move)
    assert find("chuyen 3 hue") == []
    assert find("chuyen 7 hue") == ["Nguyễn Thị Huệ"]

    def leave(session: Session) -> None:
        end_work(session, session.get_one(Worker, hoa), last_on=date(2026, 11, 24), **who)

    write(leave)
    assert find("hue") == []
    assert find("hue", left=True) == ["Nguyễn Thị Huệ"]
    write(
        lambda session: take_back(
            session, session.get_one(Worker, hoa), on=date(2026, 11, 25), **who
        )
    )
    assert find("hue") == ["Nguyễn Thị Huệ"]
    assert find("hue", left=True) == []


def test_the_search_follows_the_works_of_an_import(
    write: Write, find: Callable[..., list[str]], cast: Cast
) -> None:
    company, lines, who = cast.sao_bac.id, cast.sao_bac.lines, {"actor": STORY, "now": MORNING}

    def load(session: Session) -> list[str]:
        new = bulk.NewWorker(
            lines["Chuyền 3"], "N-7", Facts(name="Lý Thị Xoan", phone="0987000246")
        )
        return bulk.add_workers(session, company, [new], **who)

    (xoan,) = write(load)
    assert find("xoan ly") == find("n7") == find("246") == ["Lý Thị Xoan"]
    write(
        lambda session: bulk.change_workers(
            session, company, {xoan: Facts(name="Lý Thị Xuân", phone=None)}, **who
        )
    )
    assert find("xoan") == find("246") == []
    assert find("xuan") == ["Lý Thị Xuân"]
    on = date(2026, 11, 24)
    write(
        lambda session: bulk.move_workers(session, company, {xoan: lines["Chuyền 7"]}, on=on, **who)
    )
    assert find("xuan chuyen 7") == ["Lý Thị Xuân"]
    write(lambda session: bulk.end_work_of(session, company, {xoan: on}, **who))
    assert find("xuan") == []
    write(lambda session: bulk.take_back_all(session, company, [xoan], **who))
    assert find("xuan") == ["Lý Thị Xuân"]


def test_what_is_undone_is_not_found(
    in_app: Any, find: Callable[..., list[str]], cast: Cast, write: Write
) -> None:
    def work(session: Session) -> None:
        add(session, cast.sao_bac.lines["Chuyền 3"], "U-1", "Đào Thị Undo")
        raise BadgeTaken(badge="U-1")

    with pytest.raises(BadgeTaken):
        write(work)
    assert find("undo") == find("u1") == []


def test_a_new_name_of_a_line_is_found_at_once(
    write: Write, find: Callable[..., list[str]], cast: Cast
) -> None:
    line7 = cast.sao_bac.lines["Chuyền 7"]
    named = update(Branch).where(Branch.id == line7).values(name="Tổ Hoàn thiện")
    write(lambda session: session.execute(named))
    assert find("chuyen 7") == []
    assert find("hoan thien") == ["Giáp Thị Mến"]


@pytest.mark.parametrize(
    "wanted",
    [
        '"',
        "'",
        '"hoa',
        "hoa*",
        "hoa -men",
        "hoa NOT men",
        "hoa OR men",
        "NEAR(hoa men)",
        "words : hoa",
        "{words badge} : hoa",
        "^hoa",
        "hoa:*",
        "hoa & !men",
        "hoa | men",
        "'; DROP TABLE worker; --",
        "\\",
        "hoa\\",
        "%",
        "_____",
        "😀",
        "hoa😀",
        "\x00hoa",
        "place : c2",
        "@c2",
        "ꝏ ﷽ ١٢٣ １２３",
        "a" * 5000,
        "a " * 2500,
        '"*" ' * 1250,
    ],
)
def test_nothing_that_is_typed_is_an_order(find: Callable[..., list[str]], wanted: str) -> None:
    found = find(wanted)
    assert set(found) <= {"Nguyễn Thị Hoa", "Thân Thị Ngọc Ánh"}


def test_signs_around_words_change_nothing(find: Callable[..., list[str]]) -> None:
    assert find('"hoa"* (nguyễn)') == find("hoa😀 nguyen") == ["Nguyễn Thị Hoa"]


def test_only_branches_within_reach_are_searched(
    find: Callable[..., list[str]], cast: Cast, session: Session
) -> None:
    line3 = session.get_one(Branch, cast.sao_bac.lines["Chuyền 3"]).path
    for wanted in ("binh", "MT-00001", "mt", "1", "chuyen 1", "tran van"):
        assert "Trần Văn Bình" not in find(wanted)
        assert "Trần Văn Bình" not in find(wanted, line3)
    assert find("men", line3) == find("sb20733", line3) == find("chuyen 7", line3) == []
    assert find("sb", line3) == ["Vũ Thị Nhung", "Nguyễn Thị Hoa", "Thân Thị Ngọc Ánh"]
    assert find_workers_matching(session, [], "hoa").ids == ()
    both = find_workers_matching(session, [cast.minh_tri.path, line3], "chuyen")
    assert len(both.ids) == 4


def test_a_search_that_finds_very_many_says_so(session: Session, cast: Cast) -> None:
    few = find_workers_matching(session, [cast.sao_bac.path], "thi", most=2)
    assert len(few.ids) == 2
    assert few.more
    all_of_them = find_workers_matching(session, [cast.sao_bac.path], "thi", most=4)
    assert len(all_of_them.ids) == 4
    assert not all_of_them.more


def test_the_index_of_phones_shows_no_digit_of_them(
    in_app: Any, session: Session, cast: Cast
) -> None:
    kept = session.get_one(Worker, cast.sao_bac.people["hoa"].id).phone_tails or ""
    assert kept == phone_tail_index("0900000118")
    assert kept != phone_tail_index("0900000119")
    assert "118" not in [kept[start : start + 3] for start in (2, 21)]
    assert len(kept.split()) == 2
    assert phone_tail_index(None) is phone_tail_index("12") is None


def test_a_worker_who_is_deleted_is_gone_from_the_index(
    node: Any, write: Write, cast: Cast, session: Session
) -> None:
    def work(session: Session) -> str:
        return add(session, cast.sao_bac.lines["Chuyền 3"], "D-1", "Xoá Đi")

    gone = write(work)
    write(
        lambda session: [
            session.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": gone})
            for table, key in (("credential", "account_id"), ("worker", "id"))
        ]
    )
    session.rollback()
    if node.kind == "sqlite":
        held = text(
            "SELECT count(*) FROM worker_search_index WHERE worker_search_index MATCH 'xoa'"
        )
        assert session.scalar(held) == 0
        check = "INSERT INTO worker_search_index (worker_search_index) VALUES ('integrity-check')"
        write(lambda session: session.execute(text(check)))


def test_workers_of_an_older_database_are_found_after_its_upgrade(
    node: Any, in_app: Any, find: Callable[..., list[str]], cast: Cast, session: Session
) -> None:
    session.remove()  # type: ignore[attr-defined]
    writer = node.app.extensions["writer"]
    writer.stop()
    with writer.engine.begin() as connection:
        downgrade_on(connection, "0009")
    upgrade(writer.engine)
    assert find("hoa nguyen") == find("sb20417") == find("118") == ["Nguyễn Thị Hoa"]
    assert find("chuyen 7") == ["Giáp Thị Mến"]


# The page


def test_the_page_lists_the_best_first_and_says_how_many(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    page = browser.open("/workers?q=thi").text
    assert 'data-count="4 người khớp"' in page
    assert 'data-module="live-search"' in page
    assert "Trần Văn Bình" not in page
    assert "Không có ai khớp" in browser.open("/workers?q=%F0%9F%98%80").text
    assert "Không có ai khớp" in browser.open("/workers?q=khong+ai+ca").text
    turned = browser.open("/workers?q=thi&sort=-badge").text
    assert turned.index("SB-20733") < turned.index("SB-20417")


def test_pages_of_a_search_hold_everybody_once(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    people = [cast.sao_bac.people[name].badge for name in ("hoa", "anh", "men", "nhung")]
    pages = [browser.open(f"/workers?q=thi&size=1&page={page}").text for page in (1, 2, 3, 4)]
    seen = [[badge for badge in people if badge in page] for page in pages]
    assert sorted(badge for some in seen for badge in some) == sorted(people)


def test_a_text_of_five_thousand_letters_is_answered(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    assert browser.open(f"/workers?q={'a' * 5000}").status_code == 200
