"""A record goes after the contract, or as its deletion was granted; no restore brings it back."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, Credential, DeviceToken
from app.audit.models import AuditEntry
from app.cases.models import FollowUpCase
from app.checkins.models import CheckIn, HealthState, RollCall, RollMark
from app.delivery.actions.contacts import keep_address
from app.delivery.rules.roads import AddressKind
from app.extensions import Base, db
from app.kernel.ids import new_id
from app.outbox.queries import count_kept
from app.retention.actions.runs import begin_purge, finish_purge
from app.retention.gateways import note_granted, read_granted, register_places
from app.retention.jobs import purge_when_due
from app.retention.models import Erasure, PurgeRun
from app.retention.queries.people import count_leavers
from app.retention.rules.erasures import Depth, Granted
from app.upkeep.gateways.backups import backups_of
from app.web import schema
from app.web.transaction import transact
from app.workforce.actions.data_requests import answer_request, ask_about_data
from app.workforce.actions.people import Particulars, add_worker
from app.workforce.actions.search_index import fold_search_index
from app.workforce.models import DataRequest, DataRequestAnswer, Worker
from app.workforce.queries.searching import find_workers_matching
from app.workforce.rules.data_requests import Decision, RequestKind
from tests.conftest import MORNING, Node, SetClock
from tests.factories.cases import FEVER, WELL, answer
from tests.factories.feedback import make_note
from tests.factories.merges import make_twins, merge
from tests.factories.people import STORY, Cast, Person
from tests.factories.roll_calls import group_of_line
from tests.features.retention.test_purging import purge_of, purged

Write = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_register(node: Node) -> Iterator[None]:
    """Nodes are shared by the tests of a run; a register is not."""
    (place,) = register_places(node.app.config["SETTINGS"])
    place.unlink(missing_ok=True)
    yield
    place.unlink(missing_ok=True)


def everything(app: Flask) -> str:
    """All that the database file or server holds as plain text, and all that is sealed, opened."""
    found = []
    with app.extensions["writer"].engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            found += [str(tuple(row)) for row in connection.execute(select(table))]
        if connection.dialect.name == "sqlite":
            index = inspect(connection).get_table_names()
            if "worker_search" in index:
                searched = connection.execute(text("SELECT * FROM worker_search"))
                found += [str(tuple(row)) for row in searched]
    return "\n".join(found)


def leave(session: Session, person: Person, on: date) -> None:
    session.execute(update(Worker).where(Worker.id == person.id).values(left_on=on))
    session.execute(update(Account).where(Account.id == person.id).values(active=False))


def entry_of(person: Person, cast: Cast, clock: SetClock) -> AuditEntry:
    """What somebody did, as the log tells it."""
    return AuditEntry(
        id=new_id(clock.at),
        at=clock.at,
        actor_id=person.id,
        actor_name=person.name,
        actor_roles="worker",
        act="accounts.signed_in",
        subject_id=person.id,
        company_id=cast.sao_bac.id,
        details={"device": "MARKED-PHONE"},
    )


def grant(session: Session, person: Person, clock: SetClock, app: Flask) -> str:
    """Somebody asks for deletion, and an officer grants it."""
    zone = app.config["SETTINGS"].timezone
    request_id, _ = ask_about_data(
        session,
        person.id,
        RequestKind.DELETE,
        "MARKED-REQUEST",
        made_at=clock.at,
        timezone=zone,
        actor=STORY,
        now=clock.at,
    )
    answer_request(
        session, request_id, Decision.GRANTED, "Đồng ý", answers_seen=0, actor=STORY, now=clock.at
    )
    return request_id


def test_thirty_days_after_the_contract_nothing_of_the_person_is_left(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa, other = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]

    def work(session: Session) -> None:
        answer(session, hoa, WELL, clock.at)
        answer(session, other, WELL, clock.at)
        make_note(session, hoa, clock.at, text="Lời phản ánh")
        leave(session, hoa, date(2026, 11, 24))

    write(work)
    clock.move(days=30)
    purged(in_app)
    assert "Nguyễn Thị Hoa" in everything(in_app)
    clock.move(days=1)
    assert count_leavers(session, date(2026, 11, 25)) == 1
    purged(in_app)
    left = everything(in_app)
    for told in (hoa.name, hoa.badge, "SB20417", "nguyen thi hoa", "0900000118"):
        assert told not in left, told
    assert "Thân Thị Ngọc Ánh" in left
    if in_app.config["SETTINGS"].on_sqlite:
        in_app.extensions["writer"].stop()
        session.remove()
        db.engine.dispose()  # whoever goes last folds the log into the file
        file = in_app.config["SETTINGS"].sqlite_path.read_bytes()
        assert "Thân Thị Ngọc Ánh".encode() in file
        assert hoa.name.encode() not in file  # overwritten, not only unlinked
    session.rollback()
    shell = session.get_one(Worker, hoa.id)
    assert (shell.name, shell.badge, shell.badge_key, shell.phone) == ("", "", hoa.id, None)
    assert session.get(Credential, hoa.id) is None
    assert not session.scalars(select(DeviceToken).where(DeviceToken.account_id == hoa.id)).all()
    kept = {kind: each.count for kind, each in count_kept(session, hoa.id).items() if each.count}
    assert set(kept) == {"log"}
    assert session.scalars(select(CheckIn.worker_id)).all() == [other.id]
    assert purged(in_app) == {}


def test_with_somebody_who_left_go_the_records_that_were_merged_into_theirs(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    kept, gone, first = write(lambda s: make_twins(s, cast.sao_bac, clock.at, 3))
    write(lambda s: merge(s, gone.id, first.id, clock.at))
    write(lambda s: merge(s, kept.id, gone.id, clock.at))

    def work(session: Session) -> None:
        for each in (kept, gone, first):
            session.add(entry_of(each, cast, clock))
        leave(session, kept, date(2026, 11, 24))

    write(work)
    clock.move(days=40)
    purged(in_app)
    left = everything(in_app)
    for told in (kept.badge, gone.badge, first.badge, kept.name, gone.name, "MARKED"):
        assert told not in left, told
    session.rollback()
    run = session.scalars(select(PurgeRun)).one()
    assert (run.finished_at, run.people, run.failed) == (clock.at, 1, 0)


def test_an_open_request_keeps_the_record_also_when_it_was_made_with_a_merged_one(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    kept, gone = write(lambda s: make_twins(s, cast.sao_bac, clock.at, 2))

    def ask(session: Session) -> str:
        request_id, _ = ask_about_data(
            session,
            gone.id,
            RequestKind.CORRECT,
            "MARKED",
            made_at=clock.at,
            timezone=in_app.config["SETTINGS"].timezone,
            actor=STORY,
            now=clock.at,
        )
        return request_id

    request_id = write(ask)
    write(lambda s: merge(s, kept.id, gone.id, clock.at))
    write(lambda s: leave(s, kept, date(2026, 11, 24)))
    clock.move(days=40)
    purged(in_app)
    session.rollback()
    assert session.get_one(DataRequest, request_id).text == "MARKED"
    assert session.get_one(Worker, kept.id).name == kept.name
    write(
        lambda s: answer_request(
            s, request_id, Decision.DONE, "Đã gửi", answers_seen=0, actor=STORY, now=clock.at
        )
    )
    purged(in_app)
    session.rollback()
    assert session.get_one(DataRequest, request_id).text == ""
    assert session.get_one(Worker, kept.id).name == ""


def test_a_deletion_that_fails_stops_nobody_elses_and_is_tried_again_the_next_night(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa, other = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]

    def work(session: Session) -> None:
        for person in (hoa, other):
            answer(session, person, WELL, clock.at)
            leave(session, person, date(2026, 11, 24))

    write(work)
    clock.move(days=40)

    def commit(work: Any) -> Any:
        told = getattr(work, "keywords", {})
        if (hoa.id,) in told.get("keys", ()) and told["table"].table == "worker":
            raise RuntimeError(hoa.name)
        return transact(work)

    purge = begin_purge(purge_of(in_app, commit))
    finish_purge(purge)
    session.rollback()
    run = session.scalars(select(PurgeRun)).one()
    assert (run.finished_at, run.people, run.failed) == (clock.at, 1, 1)
    assert session.get_one(Worker, other.id).name == ""
    assert session.get_one(Worker, hoa.id).name == hoa.name
    purge_when_due()  # not before the next night
    assert session.get_one(Worker, hoa.id).name == hoa.name
    clock.move(days=1)
    purge_when_due()
    session.rollback()
    assert session.get_one(Worker, hoa.id).name == ""
    assert session.scalars(select(Erasure.id).where(Erasure.finished_at.is_(None))).all() == []


def test_an_open_case_keeps_the_record_of_somebody_who_left(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def work(session: Session) -> None:
        answer(session, hoa, FEVER, clock.at)
        leave(session, hoa, date(2026, 11, 24))

    write(work)
    clock.move(days=200)
    purged(in_app)
    session.rollback()
    assert session.get_one(Worker, hoa.id).name == hoa.name
    assert session.scalars(select(CheckIn)).one().worker_id == hoa.id


def test_a_granted_deletion_of_somebody_who_works_here_takes_the_past_and_leaves_the_name(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    write(lambda s: answer(s, hoa, WELL, clock.at))
    clock.move(days=3)
    request_id = write(lambda s: grant(s, hoa, clock, in_app))
    on = date(2026, 11, 27)
    write(lambda s: answer(s, hoa, WELL, clock.at, on))
    purged(in_app)
    session.rollback()
    assert [row.shift_on for row in session.scalars(select(CheckIn))] == [on]
    assert session.get_one(Worker, hoa.id).name == hoa.name
    request = session.get_one(DataRequest, request_id)
    assert request.state == "closed"
    decisions = session.scalars(select(DataRequestAnswer.decision).order_by(DataRequestAnswer.n))
    assert decisions.all() == ["granted", "done"]
    (granted,) = read_granted(register_places(in_app.config["SETTINGS"]))
    assert (granted.worker_id, granted.depth) == (hoa.id, "history")
    told = register_places(in_app.config["SETTINGS"])[0].read_text(encoding="utf-8")
    assert hoa.name not in told
    assert hoa.badge not in told


def test_a_granted_deletion_takes_what_roll_calls_said_of_one_person_and_of_nobody_else(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa, other = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    days = (date(2026, 11, 24), date(2026, 11, 26))

    def call(session: Session) -> None:
        group_id = group_of_line(session, cast.sao_bac.lines["Chuyền 3"])
        for on in days:
            roll = RollCall(
                id=new_id(clock.at),
                group_id=group_id,
                company_id=cast.sao_bac.id,
                shift_on=on,
                account_id=other.id,
                called_by=other.name,
                source="leader",
                shift="ca1",
                made_at=clock.at,
                called_at=clock.at,
                received_at=clock.at,
            )
            session.add(roll)
            session.flush()
            for person in (hoa, other):
                session.add(
                    RollMark(
                        roll_call_id=roll.id,
                        worker_id=person.id,
                        shift_on=on,
                        shift="ca1",
                        said="symptoms",
                        steps={"after": {"level": "red"}},
                    )
                )

    write(call)
    clock.move(days=3)
    write(lambda s: grant(s, hoa, clock, in_app))
    purged(in_app)
    session.rollback()
    left = session.execute(select(RollMark.worker_id, RollMark.shift_on)).all()
    assert {tuple(row) for row in left} == {
        (hoa.id, days[1]),
        (other.id, days[0]),
        (other.id, days[1]),
    }


def test_a_deletion_cut_off_in_the_middle_is_finished_by_the_next_purge(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def work(session: Session) -> None:
        answer(session, hoa, WELL, clock.at)
        leave(session, hoa, date(2026, 11, 24))
        grant(session, hoa, clock, in_app)

    write(work)
    for allowed in range(0, 300, 3):
        left = [allowed]

        def commit(work: Any, left: list[int] = left) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return transact(work)

        try:
            finish_purge(begin_purge(purge_of(in_app, commit)))
        except KeyboardInterrupt:
            clock.move(minutes=11)
        else:
            break
    assert allowed > 20
    assert hoa.name not in everything(in_app)
    session.rollback()
    erasure = session.scalars(select(Erasure)).one()
    assert erasure.finished_at is not None
    assert len(read_granted(register_places(in_app.config["SETTINGS"]))) == 1
    assert session.scalars(select(DataRequest.state)).all() == ["closed"]


def test_a_backup_from_before_brings_nobody_back(
    in_app: Flask,
    cast: Cast,
    clock: SetClock,
    session: Session,
    write: Write,
    node: Node,
    tmp_path: Path,
) -> None:
    """Restored, then started: what was granted goes again, what is old goes by its date."""
    people = cast.sao_bac.people
    write(lambda s: answer(s, people["men"], WELL, clock.at))
    write(lambda s: answer(s, people["hoa"], WELL, clock.at))
    clock.move(days=3)
    request_id = write(lambda s: grant(s, people["hoa"], clock, in_app))
    write(lambda s: leave(s, people["hoa"], date(2026, 11, 26)))
    engine = in_app.extensions["writer"].engine
    backups = backups_of(in_app.config["SETTINGS"], engine, schema)
    path = backups.create(tmp_path / "old.zip", clock.at).path
    purge_when_due()
    assert people["hoa"].name not in everything(in_app)
    clock.move(days=60)
    in_app.extensions["writer"].stop()
    session.remove()
    engine.dispose()
    db.engine.dispose()
    backups.restore(path, clock.at, replace=True)
    assert people["hoa"].name in everything(in_app)
    assert "2026-11-24" in str(session.scalars(select(CheckIn.shift_on)).all()[0])
    purge_when_due()
    assert people["hoa"].name not in everything(in_app)
    session.rollback()
    assert session.scalars(select(CheckIn)).all() == []
    assert session.get_one(DataRequest, request_id).state == "closed"
    purge_when_due()
    assert len(session.scalars(select(Erasure)).all()) == 1


def test_a_granted_deletion_that_a_backup_does_not_know_of_waits_for_an_open_case(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    """The backup is from when the case was open: nothing goes yet, and nothing counts as done."""
    hoa = cast.sao_bac.people["hoa"]
    write(lambda s: answer(s, hoa, FEVER, clock.at))
    clock.move(days=3)
    request_id = write(lambda s: grant(s, hoa, clock, in_app))
    granted = Granted(hoa.id, Depth.HISTORY, clock.at)
    note_granted(register_places(in_app.config["SETTINGS"]), [granted])
    purge_when_due()
    session.rollback()
    assert session.scalars(select(CheckIn.worker_id)).all() == [hoa.id]
    assert session.scalars(select(Erasure.finished_at)).all() == [None]
    assert session.get_one(DataRequest, request_id).state == "granted"

    def close(session: Session) -> None:
        case = session.scalars(select(FollowUpCase)).one()
        case.state, case.closed_at = "closed", clock.at
        session.query(HealthState).delete()

    write(close)
    clock.move(days=1)
    purge_when_due()
    session.rollback()
    assert session.scalars(select(CheckIn.worker_id)).all() == []
    assert session.scalars(select(Erasure.finished_at)).all() == [clock.at]
    assert session.get_one(DataRequest, request_id).state == "closed"


def test_who_was_deleted_is_gone_from_the_log_by_name_and_stays_by_id(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def work(session: Session) -> None:
        session.add(entry_of(hoa, cast, clock))
        keep_address(session, hoa.id, AddressKind.EMAIL, "marked@example.vn", now=clock.at)
        leave(session, hoa, date(2026, 11, 24))

    write(work)
    clock.move(days=40)
    purged(in_app)
    left = everything(in_app)
    assert "MARKED" not in left.upper()
    session.rollback()
    acts = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == hoa.id)).all()
    assert {"accounts.signed_in", "retention.person_deleted"} <= {each.act for each in acts}


@pytest.mark.parametrize("database", ["sqlite"])
def test_no_word_of_the_name_is_left_in_the_bytes_of_the_file(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    facts = Particulars("WXQ-77531", "Wxqzvk Jfgwh")
    other = cast.sao_bac.people["anh"]

    def work(session: Session) -> Person:
        line = session.get_one(Branch, cast.sao_bac.lines["Chuyền 3"])
        worker_id = add_worker(session, line, facts, actor=STORY, now=clock.at)
        return Person(worker_id, facts.name, facts.badge, "")

    gone = write(work)
    write(lambda s: leave(s, gone, date(2026, 11, 24)))
    assert {"wxqzvk", "jfgwh", "77531"} <= words_in_the_file(in_app, session)
    clock.move(days=31)
    purged(in_app)
    assert words_in_the_file(in_app, session) == set()
    found = find_workers_matching(session, [cast.sao_bac.path], other.name, most=4)
    assert list(found.ids) == [other.id]
    check = "INSERT INTO worker_search_index (worker_search_index) VALUES ('integrity-check')"
    write(lambda s: s.execute(text(check)))
    assert not write(fold_search_index), "an index in one piece is left as it is"


def words_in_the_file(app: Flask, session: Session) -> set[str]:
    """Words of one name and badge as the raw bytes of the database hold them, log folded in."""
    session.rollback()
    session.close()
    with app.extensions["writer"].engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    path = app.config["SETTINGS"].sqlite_path
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy
    raw = path.read_bytes().lower()
    return {word for word in ("wxqzvk", "jfgwh", "77531") if word.encode() in raw}


def test_a_second_place_catches_up_when_it_is_there_again(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "deletions.ndjson", tmp_path / "share" / "deletions.ndjson"
    one, other = (Granted(new_id(MORNING), Depth.WHOLE, MORNING) for _ in range(2))
    note_granted([first, second], [one])
    assert not second.exists()
    second.parent.mkdir()
    note_granted([first, second], [other, one])
    assert first.read_text() == second.read_text() == f"{one.line()}\n{other.line()}\n"
    first.write_text(f"{one.line()}\n{other.line()[:20]}")  # the power went while it was written
    assert read_granted([first, second]) == [one, other]
    note_granted([first, second], [])
    assert read_granted([first]) == [one, other]


def test_what_a_restore_moved_aside_goes_after_its_days(
    in_app: Flask, cast: Cast, clock: SetClock
) -> None:
    settings = in_app.config["SETTINGS"]
    old, new = "20260801_000000", f"{clock.at:%Y%m%d_%H%M%S}"
    names = ["secrets-before-restore-{}.json"]
    if settings.on_sqlite:
        names += [f"anca-before-restore-{{}}.db{ending}" for ending in ("", "-wal", "-shm")]
    went = [settings.instance / name.format(old) for name in names]
    stay = [settings.instance / name.format(new) for name in names]
    if settings.on_sqlite:
        then = int((clock.at - timedelta(days=91)).timestamp())
        went.append(settings.instance / f"anca.db-wal.damaged-{then}")
        stay.append(settings.instance / f"anca.db-wal.damaged-{int(clock.at.timestamp())}")
    for file in (*went, *stay):
        file.write_bytes(b"everybody")
    try:
        assert purged(in_app)["database_aside"] == len(went)
        assert [file.exists() for file in (*went, *stay)] == [False] * len(went) + [True] * len(
            stay
        )
    finally:
        for file in stay:
            file.unlink()
    if settings.on_sqlite:
        return
    names = [f"before_restore_{stamp}" for stamp in (old, new)]
    with in_app.extensions["writer"].engine.begin() as connection:
        for name in names:
            connection.execute(text(f"CREATE SCHEMA {name}"))
    assert purged(in_app)["database_aside"] == 1
    with in_app.extensions["writer"].engine.begin() as connection:
        assert set(names) & set(inspect(connection).get_schema_names()) == {names[1]}
        connection.execute(text(f"DROP SCHEMA {names[1]}"))
